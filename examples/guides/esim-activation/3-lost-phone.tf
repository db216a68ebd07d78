resource "joonto_number" "phone" {
  number_type     = "mvno"
  message_type    = "p2p"
  message_enabled = false
  voice_enabled   = false
  data_enabled    = true
}

action "joonto_number_swap_sim" "phone" {
  config {
    phone_number = joonto_number.phone.phone_number_assigned
  }
}
