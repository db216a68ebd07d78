data "joonto_number" "support" {
  phone_number = "+18016025346"
}

# The same number, by the SIM it is on.
data "joonto_number" "tracker" {
  iccid = "8901240397190195850"
}
