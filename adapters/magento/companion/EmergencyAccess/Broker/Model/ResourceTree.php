<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** The site's resources as Magento's ProviderInterface::getAclResources() gives them. */
final class ResourceTree
{
    /** @var array<string,array{title:string,above:string[]}> */
    private array $nodes = [];

    /** @param array<int,array<string,mixed>> $tree */
    public function __construct(array $tree)
    {
        $this->take($tree, []);
    }

    public function has(string $resource): bool
    {
        return isset($this->nodes[$resource]);
    }

    /**
     * Everything that stands above any of these, in the tree's order: what a menu shows on the way there.
     *
     * @param string[] $resources
     * @return string[]
     */
    public function above(array $resources): array
    {
        $above = [];
        foreach ($resources as $resource) {
            $above += array_fill_keys($this->nodes[$resource]['above'] ?? [], true);
        }
        return array_values(array_filter(array_keys($this->nodes), static fn (string $id): bool => isset($above[$id])));
    }

    /** The titles on the way to it, such as "Sales / Operations / Orders"; the id itself where it is unknown. */
    public function title(string $resource): string
    {
        if (!$this->has($resource)) {
            return $resource;
        }
        $way = [...$this->nodes[$resource]['above'], $resource];
        // The root is on every way and tells nothing.
        $way = count($way) > 1 ? array_slice($way, 1) : $way;
        return implode(' / ', array_map(fn (string $id): string => $this->nodes[$id]['title'], $way));
    }

    /**
     * @param array<int,array<string,mixed>> $tree
     * @param string[] $above
     */
    private function take(array $tree, array $above): void
    {
        foreach ($tree as $node) {
            $id = (string) $node['id'];
            $this->nodes[$id] = ['title' => (string) ($node['title'] ?? $id), 'above' => $above];
            $this->take($node['children'] ?? [], [...$above, $id]);
        }
    }
}
