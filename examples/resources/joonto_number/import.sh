# By the number itself, or by the SIM it is on.
terraform import joonto_number.tracker +18016025346
terraform import joonto_number.tracker iccid:8901240397190195850
