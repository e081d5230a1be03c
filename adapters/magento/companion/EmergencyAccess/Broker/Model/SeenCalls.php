<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** A signed call counts once. */
final class SeenCalls
{
    private const NAME = 'emergency_access_call';

    public function __construct(private readonly Db $db)
    {
    }

    /** @throws Refusal replayed. */
    public function take(Call $call, int $now): void
    {
        $table = $this->db->table(self::NAME);
        $this->db->write("DELETE FROM $table WHERE keep_until < ?", [$now]);
        if (!$this->db->add(self::NAME, ['nonce' => $call->nonce, 'keep_until' => $call->keepUntil])) {
            throw new Refusal('replayed');
        }
    }
}
