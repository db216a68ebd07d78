import {
  to = joonto_number_data_limit.tracker
  id = "+18016025346"
}
