resource "joonto_number" "hotline" {
  number_type     = "mvno"
  message_type    = "a2p"
  message_enabled = false
  voice_enabled   = false
}

# If this fails, Terraform taints this resource, not the number.
resource "terraform_data" "announce" {
  triggers_replace = [joonto_number.hotline.id]

  provisioner "local-exec" {
    command = "echo ${joonto_number.hotline.id}"
  }
}
