"""What every companion speaks: signed calls, strict answers, refusals explained."""
