<?php
namespace EmergencyAccess;

/** A signed document or a call is not accepted; the message is the machine-readable reason. */
final class Refusal extends \RuntimeException {
}
