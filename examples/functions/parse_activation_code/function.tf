# The parts to type into a phone that cannot scan the QR code.
output "esim" {
  value     = provider::joonto::parse_activation_code(joonto_number.tracker.qr_code)
  sensitive = true
}
