variable "hook_password" {
  type      = string
  sensitive = true
}

resource "joonto_message_route" "inbound" {
  route_name         = "inbound"
  message_url        = "https://example.com/sms"
  message_url_method = "POST"

  message_authentication_type = "Basic"
  message_username            = "hook"
  # Terraform 1.11 and later: never stored. Before that, use message_password_token.
  message_password_token_wo         = var.hook_password
  message_password_token_wo_version = 1

  callback_message_url        = "https://example.com/receipts"
  callback_message_url_method = "POST"
}

# A number on this route. Terraform creates it after the route, and destroys it before the route.
resource "joonto_number" "support" {
  number_type      = "mvno"
  message_type     = "a2p"
  message_enabled  = true
  voice_enabled    = false
  message_route_id = joonto_message_route.inbound.route_id
}
