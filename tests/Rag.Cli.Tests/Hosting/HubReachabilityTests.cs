using System.Net;
using Rag.Cli.Tests.Support;
using Rag.Hosting.Models;
using Rag.Tests.Support;

namespace Rag.Cli.Tests.Hosting;

public sealed class HubReachabilityTests : IDisposable
{
    private readonly WorkFolder _cache = new();
    private readonly ManualTime _time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly FakeHub _hub = new();

    public void Dispose()
    {
        _cache.Dispose();
        _hub.Dispose();
    }

    [Fact]
    public async Task Any_answer_counts_and_is_asked_for_every_time()
    {
        _hub.Status = HttpStatusCode.ServiceUnavailable;
        Assert.True(await Create().IsReachableAsync(CancellationToken.None));
        Assert.True(await Create().IsReachableAsync(CancellationToken.None));
        Assert.Equal(2, _hub.Asked);
    }

    [Fact]
    public async Task Failure_is_remembered_for_an_hour_across_processes()
    {
        Assert.False(await Create().IsReachableAsync(CancellationToken.None));
        _time.Advance(TimeSpan.FromMinutes(59));
        _hub.Status = HttpStatusCode.OK;
        Assert.False(await Create().IsReachableAsync(CancellationToken.None));
        Assert.Equal(1, _hub.Asked);

        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.True(await Create().IsReachableAsync(CancellationToken.None));
        Assert.Equal(2, _hub.Asked);
    }

    [Fact]
    public async Task Failure_of_one_hub_says_nothing_of_another()
    {
        Assert.False(await Create().IsReachableAsync(CancellationToken.None));
        _hub.Status = HttpStatusCode.OK;
        Assert.True(await Create("https://mirror.example/").IsReachableAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Silence_is_given_three_seconds()
    {
        _hub.Silent = true;
        Task<bool> asking = Create().IsReachableAsync(CancellationToken.None);
        await _hub.WasAsked;
        _time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(asking.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(.2));
        Assert.False(await asking);
    }

    [Fact]
    public async Task Cancellation_is_no_failure_to_remember()
    {
        _hub.Silent = true;
        using var cancellation = new CancellationTokenSource();
        Task<bool> asking = Create().IsReachableAsync(cancellation.Token);
        await _hub.WasAsked;
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.Empty(Directory.GetFiles(_cache.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("2031-01-01T00:00:00Z\nhttps://hub.example/\n")]
    public async Task Note_that_makes_no_sense_is_passed_over(string note)
    {
        _cache.Write("hub-unreachable.txt", note);
        _hub.Status = HttpStatusCode.OK;
        Assert.True(await Create().IsReachableAsync(CancellationToken.None));
    }

    private HubReachability Create(string endpoint = "https://hub.example/") => new(new Uri(endpoint), _cache.Path, _hub, _time);

    private sealed class FakeHub : HttpMessageHandler
    {
        private readonly TaskCompletionSource _wasAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public HttpStatusCode? Status { get; set; }

        public bool Silent { get; set; }

        public int Asked { get; private set; }

        public Task WasAsked => _wasAsked.Task;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked++;
            _wasAsked.TrySetResult();
            if (Silent)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            return Status is { } status ? new HttpResponseMessage(status) : throw new HttpRequestException("no route to host");
        }
    }
}
