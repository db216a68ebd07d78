action "joonto_number_reactivate" "undo" {
  config {
    phone_number = "+18016025346"
  }
}
