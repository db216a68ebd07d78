terraform {
  required_version = ">= 1.6"

  required_providers {
    joonto = {
      source = "joonto/joonto"
    }
  }
}

# Credentials come from JOONTO_ACCOUNT_KEY and JOONTO_ACCOUNT_SECRET.
provider "joonto" {}

resource "joonto_message_route" "inbound" {
  route_name         = "inbound"
  message_url        = "https://example.com/sms"
  message_url_method = "POST"
}

resource "joonto_number" "support" {
  number_type      = "mvno"
  message_type     = "a2p"
  message_enabled  = true
  voice_enabled    = false
  message_route_id = joonto_message_route.inbound.route_id
  area_code        = "801"
  product_type     = "Sms-Only"
}

output "support" {
  value = joonto_number.support.phone_number_assigned
}
