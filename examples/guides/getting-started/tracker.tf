terraform {
  required_providers {
    joonto = {
      source = "joonto/joonto"
    }
  }
}

provider "joonto" {}

resource "joonto_number" "tracker" {
  number_type     = "iot"
  message_type    = "p2p"
  message_enabled = false
  voice_enabled   = false
  data_enabled    = true
  product_type    = "Data-Only" # optional, but the API asks for one today
}

output "phone_number" {
  value = joonto_number.tracker.phone_number_assigned
}
