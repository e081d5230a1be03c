<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Controller\Adminhtml\Leases;

use Magento\Backend\App\Action;
use Magento\Framework\App\Action\HttpGetActionInterface;
use Magento\Framework\Controller\ResultFactory;
use Magento\Framework\Controller\ResultInterface;

/** System > Emergency Access: what is active now. It can only be looked at. */
class Index extends Action implements HttpGetActionInterface
{
    /** Whoever may see who the site's admins are may see which of them hold a lease. */
    public const ADMIN_RESOURCE = 'Magento_User::acl_users';

    public function execute(): ResultInterface
    {
        $page = $this->resultFactory->create(ResultFactory::TYPE_PAGE);
        $page->getConfig()->getTitle()->prepend((string) __('Emergency Access'));
        return $page;
    }
}
