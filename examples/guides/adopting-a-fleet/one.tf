import {
  to = joonto_number.tracker
  id = "+18016025346"
}

resource "joonto_number" "tracker" {
  number_type     = "mvno"
  message_type    = "a2p"
  message_enabled = true
  voice_enabled   = false
}
