import {
  to = joonto_number.tracker
  id = "+18016025346"
}
