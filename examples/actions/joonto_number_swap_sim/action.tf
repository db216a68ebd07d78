# Gives the number a new eSIM, for a lost phone: terraform apply -invoke=action.joonto_number_swap_sim.support
action "joonto_number_swap_sim" "support" {
  config {
    phone_number = joonto_number.support.phone_number_assigned
  }
}
