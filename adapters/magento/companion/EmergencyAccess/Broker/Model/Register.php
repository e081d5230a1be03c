<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** Taking in what the broker sends. Repeating anything is safe; a revocation is final. */
final class Register
{
    public function __construct(
        private readonly Db $db,
        private readonly LeaseTable $table,
        private readonly LiveLeases $live,
        private readonly EndedGrants $ended,
        private readonly PairingSource $source,
        private readonly Objection $objection,
        private readonly Sessions $sessions,
        private readonly EndOfLease $end,
        private readonly EventChain $events,
    ) {
    }

    /**
     * @param string[] $documents
     * @return array<int,array{grant:?string,answer:string,reason:string}> In the order of the documents.
     */
    public function apply(array $documents, int $now): array
    {
        $accounts = [];
        $ended = $this->ended->grants($now);
        $answers = [];
        foreach ($documents as $jws) {
            $answers[] = $this->take($jws, $now, $accounts, $ended);
        }
        return $answers;
    }

    /**
     * Every grant is dead before the first session is ended, so that one of them never keeps another's alive.
     *
     * @param string[] $documents
     * @return array<int,array{grant:?string,answer:string,reason:string}> In the order of the documents.
     */
    public function revoke(array $documents, int $now): array
    {
        $answers = array_map(fn (string $jws): array => $this->mark($jws, $now), $documents);
        // Each of them, because a row that somebody took away or spoilt for now does not say what it will hold.
        $this->ended->add(array_filter(array_column($answers, 'grant'), is_string(...)), $now);
        $this->end->sweep($now);
        return $answers;
    }

    /**
     * @param array<string,array{objection:string,holds:bool}> $accounts Those of this batch, each looked at once.
     * @param array<string,int> $ended
     * @return array{grant:?string,answer:string,reason:string}
     */
    private function take(string $jws, int $now, array &$accounts, array $ended): array
    {
        $grant = null;
        try {
            $lease = Lease::verify($jws, $this->source->pairing());
            $grant = $lease->grant;
            if ($now >= $lease->expiresAt) {
                throw new Refusal('expired');
            }
            $account = $accounts[$lease->account] ??= $this->look($lease->account, $now);
            if ($account['objection'] !== '') {
                throw new Refusal($account['objection']);
            }
            if (isset($ended[$lease->grant])) {
                throw new Refusal('revoked');
            }
            $this->objection->mustHaveNoneTo($lease->scope);
            $this->begin($lease, $now, !$account['holds']);
            $accounts[$lease->account]['holds'] = true;
        } catch (Refusal $refusal) {
            return Verdict::refused($grant, $refusal);
        }
        return Verdict::done($grant);
    }

    /** @return array{objection:string,holds:bool} */
    private function look(string $account, int $now): array
    {
        return [
            'objection' => $this->objection->toAccount($account),
            'holds' => (bool) $this->live->of($account, $now),
        ];
    }

    /** @return array{grant:?string,answer:string,reason:string} */
    private function mark(string $jws, int $now): array
    {
        try {
            $revocation = Revocation::verify($jws, $this->source->pairing());
        } catch (Refusal $refusal) {
            return Verdict::refused(null, $refusal);
        }
        if (!$this->table->addTombstone($revocation, $now)) {
            $this->table->markRevoked($revocation, $now);
        }
        return Verdict::done($revocation->grant);
    }

    /** @throws Refusal */
    private function begin(Lease $lease, int $now, bool $first): void
    {
        // At once, so that no token inherits a lease in between.
        $new = $this->db->atomically(function () use ($lease, $first): bool {
            $new = $this->keep($lease);
            if ($new && $first) {
                $this->sessions->refuseTokens($lease->account);
            }
            return $new;
        });
        if ($new) {
            $facts = ['until' => $lease->expiresAt, 'version' => $lease->version];
            $this->events->record('lease_applied', $lease->grant, $lease->account, $facts, $now);
        }
    }

    /**
     * False when this very lease is there already.
     *
     * @throws Refusal revoked, ended, account_changed, stale_version or version_conflict.
     */
    private function keep(Lease $lease): bool
    {
        if ($this->table->addLease($lease)) {
            return true;
        }
        $row = $this->table->find($lease->grant);
        if ($row && $this->isOpen($row) && !$this->live->isProven($row)) {
            // Left over from before the site was paired anew, or edited: either way it held nothing.
            if ($this->table->replaceUnproven($lease, $row['lease'])) {
                return true;
            }
        } elseif ($row && $row['revocation'] === '' && $row['account'] !== $lease->account) {
            throw new Refusal('account_changed');
        }
        if ($this->table->raiseLease($lease)) {
            return true;
        }
        $this->explain($lease, $this->table->find($lease->grant));
        return false;
    }

    /** @param array<string,string> $row */
    private function isOpen(array $row): bool
    {
        return $row['revocation'] === '' && (int) $row['ended_at'] === 0;
    }

    /**
     * @param array<string,string>|null $row
     * @throws Refusal Unless the row holds this very lease.
     */
    private function explain(Lease $lease, ?array $row): void
    {
        if (!$row || $row['revocation'] !== '') {
            throw new Refusal('revoked');
        }
        if ((int) $row['ended_at'] !== 0) {
            throw new Refusal('ended');
        }
        if ((int) $row['version'] > $lease->version) {
            throw new Refusal('stale_version');
        }
        if ($row['lease'] !== $lease->jws) {
            throw new Refusal('version_conflict');
        }
    }
}
