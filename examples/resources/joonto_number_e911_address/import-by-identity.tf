import {
  to = joonto_number_e911_address.office
  identity = {
    phone_number = "+18016025346"
  }
}
