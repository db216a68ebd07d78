terraform {
  required_providers {
    joonto = {
      source = "joonto/joonto"
    }
  }
}

variable "voice_enabled" {
  type    = bool
  default = false
}

resource "joonto_number" "support" {
  number_type     = "mvno"
  message_type    = "a2p"
  message_enabled = true
  voice_enabled   = var.voice_enabled
}

output "number" {
  value = joonto_number.support.phone_number_assigned
}
