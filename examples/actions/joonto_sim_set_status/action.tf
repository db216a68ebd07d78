# Stops the line of a lost phone: terraform apply -invoke=action.joonto_sim_set_status.lost
action "joonto_sim_set_status" "lost" {
  config {
    iccid  = joonto_number.support.iccid
    status = "Suspended"
  }
}
