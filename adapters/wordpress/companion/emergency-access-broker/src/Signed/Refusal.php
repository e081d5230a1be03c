<?php
namespace EmergencyAccess\Signed;

/** A signed document or a call is not accepted; the message is the machine-readable reason. */
final class Refusal extends \RuntimeException {
}
