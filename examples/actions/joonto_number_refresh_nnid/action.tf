# After the number moved between networks: terraform apply -invoke=action.joonto_number_refresh_nnid.support
action "joonto_number_refresh_nnid" "support" {
  config {
    phone_number = joonto_number.support.phone_number_assigned
  }
}
