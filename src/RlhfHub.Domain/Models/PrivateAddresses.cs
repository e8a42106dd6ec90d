using System.Net;
using System.Net.Sockets;

namespace RlhfHub.Domain.Models;

/// <summary>Addresses that lead to this machine or its neighbours. Whoever may name an address for the site to call must not reach them by it.</summary>
public static class PrivateAddresses
{
    private static readonly IPNetwork[] Networks =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4",
            "::/128", "::1/128", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
            // Behind these lies an address of the old kind, whichever.
            "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    /// <summary>Whether an address is this machine's, a private or link-local one, or one that belongs to nobody.</summary>
    public static bool Contains(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (plain.AddressFamily == AddressFamily.InterNetworkV6 && plain.ScopeId != 0) plain = new IPAddress(plain.GetAddressBytes());
        return Array.Exists(Networks, network => network.Contains(plain));
    }
}
