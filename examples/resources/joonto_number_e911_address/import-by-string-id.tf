import {
  to = joonto_number_e911_address.office
  id = "+18016025346"
}
