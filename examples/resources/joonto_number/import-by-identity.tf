import {
  to = joonto_number.tracker
  identity = {
    phone_number = "+18016025346"
  }
}
