# Sent to emergency services when somebody calls 911 from the number.
resource "joonto_number_e911_address" "office" {
  phone_number = "+18016025346"
  street1      = "1 Sample Way"
  street2      = "Suite 200"
  city         = "Lehi"
  state        = "UT"
  zip          = "84043"
}
