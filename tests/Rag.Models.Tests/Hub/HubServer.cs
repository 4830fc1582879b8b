using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rag.Models.Tests.Hub;

/// <summary>A request as the server saw it.</summary>
internal sealed record HubRequest(string Target, IReadOnlyDictionary<string, string> Headers)
{
    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>The first byte asked for, 0 without a Range header.</summary>
    public long From => Header("Range") is { } range ? long.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture) : 0;
}

/// <summary>An answer; may end or stall before its body does.</summary>
internal sealed record HubReply(int Status, byte[] Body)
{
    public Dictionary<string, string> Headers { get; init; } = [];

    /// <summary>Closes the connection after so many bytes of the body.</summary>
    public int? CutAfter { get; init; }

    /// <summary>Sends nothing more after so many bytes of the body, and keeps the connection.</summary>
    public int? StallAfter { get; init; }
}

/// <summary>A server on a real socket of this machine, one connection per request.</summary>
internal sealed class HubServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<HubRequest, HubReply> _answer;
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Task _loop;
    private int _stalled;

    public HubServer(Func<HubRequest, HubReply> answer)
    {
        _answer = answer;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _loop = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>Connections on which nothing more will come.</summary>
    public int Stalled => Volatile.Read(ref _stalled);

    public ConcurrentQueue<HubRequest> Requests { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop;
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _connections.Add(ServeAsync(client));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                HubRequest request = await ReadAsync(stream);
                Requests.Enqueue(request);
                await WriteAsync(stream, _answer(request));
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
            }
        }
    }

    private async Task<HubRequest> ReadAsync(NetworkStream stream)
    {
        List<byte> head = [];
        byte[] one = new byte[1];
        while (!(head.Count >= 4 && head[^1] == '\n' && head[^3] == '\n'))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
            {
                throw new IOException("closed");
            }

            head.Add(one[0]);
        }

        string[] lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Dictionary<string, string> headers = lines.Skip(1).Select(line => line.Split(": ", 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        return new HubRequest(lines[0].Split(' ')[1], headers);
    }

    private async Task WriteAsync(NetworkStream stream, HubReply reply)
    {
        StringBuilder head = new($"HTTP/1.1 {reply.Status} X\r\nConnection: close\r\n");
        if (!reply.Headers.ContainsKey("Content-Length"))
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {reply.Body.Length}\r\n");
        }

        foreach ((string name, string value) in reply.Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), _stop.Token);
        int length = Math.Min(reply.CutAfter ?? reply.StallAfter ?? reply.Body.Length, reply.Body.Length);
        await stream.WriteAsync(reply.Body.AsMemory(0, length), _stop.Token);
        await stream.FlushAsync(_stop.Token);
        if (reply.StallAfter is not null)
        {
            // Until the other side gives up.
            Interlocked.Increment(ref _stalled);
            try
            {
                await stream.ReadExactlyAsync(new byte[1], _stop.Token);
            }
            finally
            {
                Interlocked.Decrement(ref _stalled);
            }
        }
    }
}
