resource "joonto_number" "office" {
  number_type     = "mvno"
  message_type    = "p2p"
  message_enabled = false
  voice_enabled   = true
  area_code       = "801"

  caller_name {
    first_name = "Ada"
    last_name  = "Example"
  }
}
