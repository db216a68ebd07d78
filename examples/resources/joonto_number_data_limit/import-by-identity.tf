import {
  to = joonto_number_data_limit.tracker
  identity = {
    phone_number = "+18016025346"
  }
}
