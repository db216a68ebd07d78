terraform {
  required_providers {
    joonto = {
      source = "joonto/joonto"
    }
  }
}

import {
  to = joonto_number.hotline
  id = "+18016025346"
}

resource "joonto_number" "hotline" {
  number_type     = "mvno"
  message_type    = "a2p"
  message_enabled = true
  voice_enabled   = false
}
