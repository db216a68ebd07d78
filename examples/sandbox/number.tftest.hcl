# Buys from the API that JOONTO_BASE_URL names, and cancels in the end.
run "it_buys_one_number" {
  assert {
    condition     = startswith(output.number, "+1")
    error_message = "No number was bought."
  }
}

run "voice_is_turned_on_in_place" {
  variables {
    voice_enabled = true
  }

  assert {
    condition     = output.number == run.it_buys_one_number.number
    error_message = "The number was replaced."
  }
}
