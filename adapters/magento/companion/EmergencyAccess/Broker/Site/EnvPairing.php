<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Site;

use EmergencyAccess\Broker\Model\Pairing;
use EmergencyAccess\Broker\Model\PairingSource;
use EmergencyAccess\Broker\Model\Refusal;
use Magento\Framework\App\DeploymentConfig;

/** The pairing as it stands in app/etc/env.php: 'emergency_access' => ['pairing' => '...']. */
final class EnvPairing implements PairingSource
{
    private const PLACE = 'emergency_access/pairing';

    public function __construct(private readonly DeploymentConfig $env)
    {
    }

    public function pairing(): Pairing
    {
        $text = $this->env->get(self::PLACE);
        if (!is_string($text) || '' === trim($text)) {
            throw new Refusal('pairing_missing');
        }
        return Pairing::fromText($text);
    }
}
