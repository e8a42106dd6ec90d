using System.Net;
using System.Net.Sockets;
using RlhfHub.Domain.Models;

namespace RlhfHub.Web.Features.Models;

/// <summary>Which outside endpoints may be called. Admins of projects name them, and must not reach what only this machine can.</summary>
/// <param name="allowsPrivate">The setting <c>Models:AllowPrivateEndpoints</c>: this machine's own and private addresses are called too, and keys may go out without encryption.</param>
internal sealed class EndpointRules(bool allowsPrivate)
{
    /// <summary>Why an address may not be called; null when it may.</summary>
    public async Task<string?> RefusalAsync(Uri endpoint, CancellationToken cancellationToken)
    {
        if (allowsPrivate) return null;
        if (endpoint.Scheme != Uri.UriSchemeHttps) return "The address must begin with https://, because the key and the texts go there.";
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(endpoint.IdnHost, cancellationToken);
            return Array.Exists(addresses, PrivateAddresses.Contains) ? "The address leads to this machine or its private network; only a setting of the site, Models:AllowPrivateEndpoints, allows that." : null;
        }
        catch (SocketException)
        {
            return $"The name {endpoint.IdnHost} is not known; check the address.";
        }
    }

    /// <summary>Connections to outside endpoints. Looks again at each: a name may lead elsewhere than when it was given, and an answer may point on.</summary>
    public SocketsHttpHandler Handler() => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(15),
        ConnectCallback = ConnectAsync,
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        if (!allowsPrivate && Array.Exists(addresses, PrivateAddresses.Contains)) throw new HttpRequestException("The address leads to this machine or its private network.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
