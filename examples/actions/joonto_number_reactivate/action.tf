# Brings the number back into service: terraform apply -invoke=action.joonto_number_reactivate.support
action "joonto_number_reactivate" "support" {
  config {
    phone_number = joonto_number.support.phone_number_assigned
  }
}
