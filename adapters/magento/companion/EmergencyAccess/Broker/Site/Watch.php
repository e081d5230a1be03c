<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Site;

use EmergencyAccess\Broker\Model\Db;
use EmergencyAccess\Broker\Model\EventChain;
use Magento\Framework\Module\FullModuleList;
use Magento\Framework\Module\ModuleListInterface;

/** Notices modules switched and code changed, whoever did it, when the broker calls. */
final class Watch
{
    private const EVERY = 60;
    private const NAME = 'watched';

    public function __construct(
        private readonly Db $db,
        private readonly EventChain $events,
        private readonly ModuleListInterface $enabled,
        private readonly FullModuleList $installed,
        private readonly CodeFiles $files
    ) {
    }

    public function look(int $now): void
    {
        $seen = $this->remembered();
        if (is_array($seen) && $now - (int) ($seen['at'] ?? 0) < self::EVERY) {
            return;
        }
        $found = ['at' => $now, 'modules' => $this->modules(), 'files' => $this->files->digests()];
        if (is_array($seen)) {
            $this->tellModules($seen['modules'] ?? [], $found['modules'], $now);
            $this->tellFiles($seen['files'] ?? [], $found['files'], $now);
        }
        $this->remember($found);
    }

    /** @return array<string,bool> Every installed module, and whether it is on. */
    private function modules(): array
    {
        $installed = array_fill_keys($this->installed->getNames(), false);
        return array_merge($installed, array_fill_keys($this->enabled->getNames(), true));
    }

    /**
     * @param array<string,bool> $before
     * @param array<string,bool> $after
     */
    private function tellModules(array $before, array $after, int $now): void
    {
        foreach ($after + $before as $name => $anything) {
            $was = $before[$name] ?? false;
            $is = $after[$name] ?? false;
            if ($was !== $is) {
                $this->events->record('plugin_switched', '', '', ['object' => $name, 'state' => $is ? 'on' : 'off'], $now);
            }
        }
    }

    /**
     * @param array<string,string> $before
     * @param array<string,string> $after
     */
    private function tellFiles(array $before, array $after, int $now): void
    {
        foreach (array_keys(array_diff_assoc($after + array_fill_keys(array_keys($before), ''), $before)) as $place) {
            $this->events->record('files_changed', '', '', ['object' => (string) $place], $now);
        }
    }

    /** @return array<string,mixed>|null */
    private function remembered(): ?array
    {
        $rows = $this->db->rows("SELECT value FROM {$this->db->table('emergency_access_state')} WHERE name = ?", [self::NAME]);
        $value = json_decode($rows[0]['value'] ?? '', true);
        return is_array($value) ? $value : null;
    }

    /** @param array<string,mixed> $found */
    private function remember(array $found): void
    {
        $value = (string) json_encode($found);
        if (!$this->db->add('emergency_access_state', ['name' => self::NAME, 'value' => $value])) {
            $table = $this->db->table('emergency_access_state');
            $this->db->write("UPDATE $table SET value = ? WHERE name = ?", [$value, self::NAME]);
        }
    }
}
