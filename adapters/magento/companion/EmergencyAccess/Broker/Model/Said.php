<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** The body of a call, read strictly. */
final class Said
{
    private const BATCH = 500;

    /** @param array<string,mixed> $body */
    private function __construct(private readonly array $body)
    {
    }

    /** @throws Refusal bad_body. */
    public static function read(string $json): self
    {
        $body = json_decode($json, true, 8);
        return is_array($body) ? new self($body) : throw new Refusal('bad_body');
    }

    /** @return string[] */
    public function documents(): array
    {
        return $this->texts('documents');
    }

    /** @return string[] */
    public function accounts(): array
    {
        return $this->texts('accounts');
    }

    /** @return array<mixed> */
    public function scope(): array
    {
        $scope = $this->body['scope'] ?? null;
        return is_array($scope) ? $scope : throw new Refusal('bad_body');
    }

    public function after(): int
    {
        $after = $this->body['after'] ?? null;
        return is_int($after) && $after >= 0 ? $after : throw new Refusal('bad_body');
    }

    /** @return string[] */
    private function texts(string $name): array
    {
        $texts = $this->body[$name] ?? null;
        if (!is_array($texts) || !array_is_list($texts) || count($texts) > self::BATCH || array_filter($texts, 'is_string') !== $texts) {
            throw new Refusal('bad_body');
        }
        return $texts;
    }
}
