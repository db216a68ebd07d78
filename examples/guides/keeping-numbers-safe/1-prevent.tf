resource "joonto_number" "hotline" {
  number_type     = "mvno"
  message_type    = "a2p"
  message_enabled = false
  voice_enabled   = false
  deletion_policy = "prevent"

  lifecycle {
    prevent_destroy = true
  }
}
