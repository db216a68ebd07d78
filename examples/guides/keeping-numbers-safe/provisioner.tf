resource "joonto_number" "hotline" {
  number_type     = "mvno"
  message_type    = "a2p"
  message_enabled = false
  voice_enabled   = false
}

# Should this fail, it is this resource that is tainted, and not the number.
resource "terraform_data" "announce" {
  triggers_replace = [joonto_number.hotline.id]

  provisioner "local-exec" {
    command = "echo ${joonto_number.hotline.id}"
  }
}
