using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Rag.Models.Hub;
using Rag.Tests.Support;

namespace Rag.Models.Tests.Hub;

/// <summary>Downloads over a real socket from a server that is honest, and from servers that cut, lie, stall and refuse.</summary>
public sealed class ModelHubTests : IDisposable
{
    private const string Token = "hf_secret";

    private readonly string _cache = Directory.CreateTempSubdirectory("rag-hub-").FullName;
    private readonly FakeRepository _repository = new();

    public void Dispose() => Directory.Delete(_cache, recursive: true);

    [Fact]
    public async Task ResolveAsync_ExistingFolder_IsThatFolder()
    {
        using ModelHub hub = Hub(new Uri("http://127.0.0.1:1"));
        Assert.Equal(_cache, await hub.ResolveAsync(_cache));
    }

    [Fact]
    public async Task ResolveAsync_HonestHub_GivesTheNeededFilesAndNoOthers()
    {
        await using HubServer server = new(_repository.Answer);
        using ModelHub hub = Hub(server.Address);
        ConcurrentQueue<ModelDownloadProgress> seen = [];
        string folder = await hub.ResolveAsync(FakeRepository.Name, new Relay(seen.Enqueue));

        string[] files = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];
        Assert.Equal(["1_Pooling/config.json", "config.json", "model.safetensors", "tokenizer.json"], files);
        Assert.All(files, file => Assert.Equal(_repository.Files[file], File.ReadAllBytes(Path.Combine(folder, file))));
        long total = files.Sum(file => (long)_repository.Files[file].Length);
        Assert.Equal(total, seen.Last().Bytes);
        Assert.All(seen, progress => Assert.Equal(total, progress.TotalBytes));
        Assert.Empty(Directory.EnumerateFiles(_cache, "*.incomplete", SearchOption.AllDirectories));
        CachedModel listed = Assert.Single(hub.List());
        Assert.Equal((FakeRepository.Name, FakeRepository.Commit, folder, total), (listed.Repository, listed.Commit, listed.FolderPath, listed.Bytes));
    }

    [Fact]
    public async Task SnapshotCheck_DownloadedFiles_AreHeldToTheHubsHashes()
    {
        await using HubServer server = new(_repository.Answer);
        using ModelHub hub = Hub(server.Address);
        string folder = await hub.ResolveAsync(FakeRepository.Name);
        List<FileCheck> found = await CheckAsync(folder);
        Assert.Equal(4, found.Count);
        Assert.All(found, file => Assert.True(file.Hashed && file.Fault is null, file.ToString()));

        string weights = Path.Combine(folder, "model.safetensors");
        byte[] bytes = await File.ReadAllBytesAsync(weights, TestContext.Current.CancellationToken);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(weights, bytes, TestContext.Current.CancellationToken);
        File.Delete(Path.Combine(folder, "tokenizer.json"));
        found = await CheckAsync(folder);
        Assert.Equal(["model.safetensors", "tokenizer.json"], found.Where(file => file.Fault is not null).Select(file => file.Path).Order(StringComparer.Ordinal));
        Assert.Empty(await CheckAsync(_cache));
    }

    private static async Task<List<FileCheck>> CheckAsync(string folder)
    {
        List<FileCheck> found = [];
        await foreach (FileCheck file in SnapshotCheck.RunAsync(folder, TestContext.Current.CancellationToken))
        {
            found.Add(file);
        }

        return found;
    }

    [Fact]
    public async Task ResolveAsync_SecondStart_AsksNobody()
    {
        string first;
        await using (HubServer server = new(_repository.Answer))
        {
            using ModelHub hub = Hub(server.Address);
            first = await hub.ResolveAsync(FakeRepository.Name);
            Assert.Equal(FakeRepository.Name, ModelReference.OfFolder(first));
            Assert.Equal(Path.GetFileName(_cache), ModelReference.OfFolder(_cache + "/"));
        }

        CountingHandler handler = new();
        using ModelHub offline = new(Options(new Uri("http://127.0.0.1:1")), handler);
        Assert.Equal(first, await offline.ResolveAsync(FakeRepository.Name));
        Assert.Equal(0, handler.Count);

        // A file that is gone makes the model incomplete: then the hub is asked.
        File.Delete(Path.Combine(first, "config.json"));
        await Assert.ThrowsAsync<UnavailableException>(() => offline.ResolveAsync(FakeRepository.Name));
        Assert.Equal(1, handler.Count);
    }

    [Fact]
    public async Task ResolveAsync_CutAtRandomOffsets_Resumes()
    {
        Random random = new(17);
        int cuts = 0;
        await using HubServer server = new(request =>
        {
            HubReply reply = _repository.Answer(request);
            lock (random)
            {
                return !_repository.IsListing(request) && request.Target.EndsWith("model.safetensors", StringComparison.Ordinal) && cuts++ < 20
                    ? reply with { CutAfter = random.Next(0, 9000) }
                    : reply;
            }
        });
        using ModelHub hub = Hub(server.Address);
        string folder = await hub.ResolveAsync(FakeRepository.Name);

        Assert.Equal(_repository.Files["model.safetensors"], File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
        long[] offsets = [.. server.Requests.Where(request => request.Target.EndsWith("model.safetensors", StringComparison.Ordinal)).Select(request => request.From)];
        Assert.Equal(21, offsets.Length);
        Assert.Equal(offsets.Order(), offsets);
        Assert.All(server.Requests.Where(request => request.From > 0), request => Assert.Equal("\"v1\"", request.Header("If-Range")));
    }

    [Fact]
    public async Task ResolveAsync_ProcessEndedInBetween_GoesOnFromWhatIsHere()
    {
        int calls = 0;
        await using HubServer server = new(request =>
        {
            HubReply reply = _repository.Answer(request);
            return request.Target.EndsWith("model.safetensors", StringComparison.Ordinal) && Interlocked.Increment(ref calls) == 1
                ? reply with { CutAfter = 50_000 }
                : reply;
        });
        using (ModelHub first = Hub(server.Address, options => options.MaxAttempts = 1))
        {
            UnavailableException error = await Assert.ThrowsAsync<UnavailableException>(() => first.ResolveAsync(FakeRepository.Name));
            Assert.Contains("bytes are kept", error.Message, StringComparison.Ordinal);
        }

        using ModelHub second = Hub(server.Address);
        string folder = await second.ResolveAsync(FakeRepository.Name);
        Assert.Equal(_repository.Files["model.safetensors"], File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
        Assert.InRange(server.Requests.Last().From, 1, 50_000);
        Assert.Single(server.Requests, request => request.Target.EndsWith("tokenizer.json", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ResolveAsync_KilledBetweenWriteAndRename_UsesTheBytesWithoutAsking()
    {
        string partial = Path.Combine(_cache, "rag--org--tiny", "partial");
        Directory.CreateDirectory(partial);
        byte[] weights = _repository.Files["model.safetensors"];
        File.WriteAllBytes(Path.Combine(partial, FakeRepository.Sha256(weights) + ".incomplete"), weights);
        await using HubServer server = new(_repository.Answer);
        using ModelHub hub = Hub(server.Address);
        string folder = await hub.ResolveAsync(FakeRepository.Name);
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
        Assert.DoesNotContain(server.Requests, request => request.Target.EndsWith("model.safetensors", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ResolveAsync_LeftoverOfOtherContent_IsReplaced()
    {
        string partial = Path.Combine(_cache, "rag--org--tiny", "partial");
        Directory.CreateDirectory(partial);
        byte[] weights = _repository.Files["model.safetensors"];
        File.WriteAllBytes(Path.Combine(partial, FakeRepository.Sha256(weights) + ".incomplete"), new byte[70_000]);
        await using HubServer server = new(_repository.Answer);
        using ModelHub hub = Hub(server.Address);
        string folder = await hub.ResolveAsync(FakeRepository.Name);
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
    }

    [Fact]
    public async Task ResolveAsync_RangeIgnored_StartsAnew()
    {
        int calls = 0;
        await using HubServer server = new(request =>
        {
            HubReply reply = _repository.IsListing(request) ? _repository.Answer(request) : _repository.File(request, ranges: false);
            return request.Target.EndsWith("model.safetensors", StringComparison.Ordinal) && Interlocked.Increment(ref calls) <= 2
                ? reply with { CutAfter = 60_000 * calls / 2 }
                : reply;
        });
        using ModelHub hub = Hub(server.Address);
        string folder = await hub.ResolveAsync(FakeRepository.Name);
        Assert.Equal(_repository.Files["model.safetensors"], File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
    }

    [Fact]
    public async Task ResolveAsync_FileChangesBetweenAttempts_NeverMixesVersions()
    {
        byte[] old = new byte[120_000];
        int calls = 0;
        await using HubServer server = new(request =>
        {
            if (_repository.IsListing(request) || !request.Target.EndsWith("model.safetensors", StringComparison.Ordinal))
            {
                return _repository.Answer(request);
            }

            return Interlocked.Increment(ref calls) == 1
                ? new HubReply(200, old) { Headers = { ["ETag"] = "\"v0\"" }, CutAfter = 60_000 }
                : _repository.File(request);
        });
        using ModelHub hub = Hub(server.Address);
        string folder = await hub.ResolveAsync(FakeRepository.Name);
        Assert.Equal(_repository.Files["model.safetensors"], File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
        Assert.Equal(2, calls);
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("config.json")]
    public async Task ResolveAsync_WrongContent_IsRefusedAndKeepsNothing(string file)
    {
        await using HubServer server = new(request =>
        {
            HubReply reply = _repository.Answer(request);
            if (request.Target.EndsWith("/" + file, StringComparison.Ordinal) && !request.Target.Contains("1_Pooling", StringComparison.Ordinal))
            {
                byte[] changed = [.. reply.Body];
                changed[^1] ^= 1;
                return reply with { Body = changed };
            }

            return reply;
        });
        using ModelHub hub = Hub(server.Address);
        CorruptException error = await Assert.ThrowsAsync<CorruptException>(() => hub.ResolveAsync(FakeRepository.Name));
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Empty(hub.List());
        Assert.DoesNotContain(Directory.EnumerateFiles(_cache, "*", SearchOption.AllDirectories), path => Path.GetFileName(path) == file && !path.Contains("1_Pooling", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task ResolveAsync_WrongSize_IsRefused(int difference)
    {
        await using HubServer server = new(request =>
        {
            HubReply reply = _repository.Answer(request);
            return request.Target.EndsWith("model.safetensors", StringComparison.Ordinal)
                ? reply with { Body = difference < 0 ? reply.Body[..^1] : [.. reply.Body, 0] }
                : reply;
        });
        using ModelHub hub = Hub(server.Address, options => options.MaxAttempts = 2);
        await Assert.ThrowsAnyAsync<RagException>(() => hub.ResolveAsync(FakeRepository.Name));
        Assert.Empty(hub.List());
        Assert.Empty(Directory.EnumerateFiles(_cache, "model.safetensors", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task ResolveAsync_Stalls_AreCut()
    {
        int stalls = 0;
        await using HubServer server = new(request =>
        {
            HubReply reply = _repository.Answer(request);
            return request.Target.EndsWith("model.safetensors", StringComparison.Ordinal) && Interlocked.Increment(ref stalls) <= 2
                ? reply with { StallAfter = 30_000 }
                : reply;
        });
        ManualTime time = new();
        ModelHubOptions options = Options(server.Address);
        using ModelHub hub = new(options, timeProvider: time);
        Task<string> resolving = hub.ResolveAsync(FakeRepository.Name);
        while (!resolving.IsCompleted)
        {
            // Time stands nearly still but for connections that stall, so that a slow machine fails nothing.
            time.Advance(server.Stalled > 0 ? options.StallTimeout : options.MaxBackoff);
            await Task.Delay(5);
        }

        string folder = await resolving;
        Assert.Equal(3, stalls);
        Assert.True(time.GetUtcNow() - DateTimeOffset.UnixEpoch < options.StallTimeout * 100);
        Assert.Equal(_repository.Files["model.safetensors"], File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task ResolveAsync_BusyThenGood_Succeeds(int status)
    {
        ConcurrentDictionary<string, int> calls = [];
        await using HubServer server = new(request => calls.AddOrUpdate(request.Target, 1, (_, n) => n + 1) <= 2
            ? new HubReply(status, []) { Headers = { ["Retry-After"] = "1" } }
            : _repository.Answer(request));
        using ModelHub hub = Hub(server.Address);
        Assert.True(Directory.Exists(await hub.ResolveAsync(FakeRepository.Name)));
    }

    [Fact]
    public async Task ResolveAsync_AlwaysBusy_GivesUp()
    {
        await using HubServer server = new(_ => new HubReply(503, []));
        using ModelHub hub = Hub(server.Address);
        UnavailableException error = await Assert.ThrowsAsync<UnavailableException>(() => hub.ResolveAsync(FakeRepository.Name));
        Assert.Contains("503", error.Message, StringComparison.Ordinal);
        Assert.Equal(5, server.Requests.Count);
    }

    [Theory]
    [InlineData(401, "HF_TOKEN")]
    [InlineData(403, "HF_TOKEN")]
    [InlineData(404, "does not exist")]
    public async Task ResolveAsync_Refused_SaysWhyAtOnce(int status, string expected)
    {
        await using HubServer server = new(_ => new HubReply(status, []));
        using ModelHub hub = Hub(server.Address, options => options.Token = Token);
        UnavailableException error = await Assert.ThrowsAsync<UnavailableException>(() => hub.ResolveAsync(FakeRepository.Name));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, error.ToString(), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task ResolveAsync_RedirectElsewhere_CarriesNoToken()
    {
        await using HubServer storage = new(request => _repository.File(request with { Target = request.Target.Split('?')[0] }));
        await using HubServer server = new(request => _repository.IsListing(request)
            ? _repository.Answer(request)
            : new HubReply(302, []) { Headers = { ["Location"] = $"{storage.Address}{request.Target.TrimStart('/')}?signature=abc" } });
        using ModelHub hub = Hub(server.Address, options => options.Token = Token);
        await hub.ResolveAsync(FakeRepository.Name);
        Assert.All(server.Requests, request => Assert.Equal("Bearer " + Token, request.Header("Authorization")));
        Assert.NotEmpty(storage.Requests);
        Assert.All(storage.Requests, request => Assert.Null(request.Header("Authorization")));
    }

    [Fact]
    public async Task ResolveAsync_EndlessRedirects_End()
    {
        await using HubServer server = new(request => new HubReply(302, []) { Headers = { ["Location"] = request.Target } });
        using ModelHub hub = Hub(server.Address, options => options.MaxAttempts = 1);
        UnavailableException error = await Assert.ThrowsAsync<UnavailableException>(() => hub.ResolveAsync(FakeRepository.Name));
        Assert.Contains("redirects", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResolveAsync_NobodyListens_SaysInOneSentenceWhatWasTried()
    {
        TcpListener closed = new(IPAddress.Loopback, 0);
        closed.Start();
        Uri address = new($"http://127.0.0.1:{((IPEndPoint)closed.LocalEndpoint).Port}");
        closed.Stop();
        using ModelHub hub = Hub(address, options => options.FirstBackoff = options.MaxBackoff = TimeSpan.FromMinutes(1));
        UnavailableException error = await Assert.ThrowsAsync<UnavailableException>(() => hub.ResolveAsync(FakeRepository.Name));
        Assert.Contains(address.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Contains(FakeRepository.Name, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task ResolveAsync_Offline_SaysSoAndAsksNobody()
    {
        CountingHandler handler = new();
        ModelHubOptions options = Options(new Uri("http://127.0.0.1:1"));
        options.Offline = true;
        using ModelHub hub = new(options, handler);
        UnavailableException error = await Assert.ThrowsAsync<UnavailableException>(() => hub.ResolveAsync(FakeRepository.Name));
        Assert.Contains("HF_HUB_OFFLINE", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, handler.Count);
    }

    [Theory]
    [InlineData("no-such-folder")]
    [InlineData("./no/such")]
    [InlineData("../a")]
    [InlineData("org/..name")]
    [InlineData("org/name@../x")]
    [InlineData("a/b/c")]
    [InlineData("org/na me")]
    [InlineData("C:\\models\\x")]
    public async Task ResolveAsync_NeitherFolderNorName_IsASentence(string name)
    {
        CountingHandler handler = new();
        using ModelHub hub = new(Options(new Uri("http://127.0.0.1:1")), handler);
        UnavailableException error = await Assert.ThrowsAsync<UnavailableException>(() => hub.ResolveAsync(name));
        Assert.Contains("neither a folder", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, handler.Count);
    }

    [Theory]
    [InlineData("../config.json")]
    [InlineData("1_Pooling/../../config.json")]
    [InlineData("/etc/config.json")]
    [InlineData("..\\config.json")]
    [InlineData("C:/config.json")]
    public async Task ResolveAsync_ListingNamesAPathOutside_IsRefused(string path)
    {
        _repository.Files[path] = [1];
        await using HubServer server = new(_repository.Answer);
        using ModelHub hub = Hub(server.Address);
        await Assert.ThrowsAsync<CorruptException>(() => hub.ResolveAsync(FakeRepository.Name));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task ResolveAsync_IndexNamesAPathOutside_IsRefused()
    {
        _repository.Files.Remove("model.safetensors");
        _repository.Files["model.safetensors.index.json"] = "{\"weight_map\":{\"a\":\"../../x.safetensors\"}}"u8.ToArray();
        await using HubServer server = new(_repository.Answer);
        using ModelHub hub = Hub(server.Address);
        CorruptException error = await Assert.ThrowsAsync<CorruptException>(() => hub.ResolveAsync(FakeRepository.Name));
        Assert.Contains("index.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResolveAsync_Shards_AreThoseOfTheIndex()
    {
        byte[] weights = _repository.Files["model.safetensors"];
        _repository.Files.Remove("model.safetensors");
        _repository.Files["model-00001-of-00002.safetensors"] = weights[..50_000];
        _repository.Files["model-00002-of-00002.safetensors"] = weights[50_000..];
        _repository.Files["other.safetensors"] = [1, 2, 3];
        _repository.Files["model.safetensors.index.json"] = Encoding.UTF8.GetBytes(
            "{\"metadata\":{},\"weight_map\":{\"a\":\"model-00001-of-00002.safetensors\",\"b\":\"model-00002-of-00002.safetensors\",\"c\":\"model-00001-of-00002.safetensors\"}}");
        await using HubServer server = new(_repository.Answer);
        using ModelHub hub = Hub(server.Address);
        string folder = await hub.ResolveAsync(FakeRepository.Name + "@refs/pr/1");
        Assert.Equal(2, Directory.GetFiles(folder, "*.safetensors").Length);
        Assert.Contains(server.Requests, request => request.Target.Contains("/revision/refs%2Fpr%2F1?", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("pytorch_model.bin", "safetensors")]
    [InlineData("model.safetensors", "config.json")]
    public async Task ResolveAsync_NotAModelOfThisForm_SaysWhatIsMissing(string only, string expected)
    {
        byte[] content = _repository.Files[only];
        if (only != "pytorch_model.bin")
        {
            _repository.Files.Remove("config.json");
        }
        else
        {
            _repository.Files.Remove("model.safetensors");
        }

        Assert.NotEmpty(content);
        await using HubServer server = new(_repository.Answer);
        using ModelHub hub = Hub(server.Address);
        UnsupportedException error = await Assert.ThrowsAsync<UnsupportedException>(() => hub.ResolveAsync(FakeRepository.Name));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResolveAsync_LargerThanAllowed_IsRefusedBeforeAByteComes()
    {
        await using HubServer server = new(_repository.Answer);
        using ModelHub hub = Hub(server.Address, options => options.MaxModelBytes = 100_000);
        LimitExceededException error = await Assert.ThrowsAsync<LimitExceededException>(() => hub.ResolveAsync(FakeRepository.Name));
        Assert.Equal(nameof(ModelHubOptions.MaxModelBytes), error.LimitName);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{\"siblings\":[{\"rfilename\":3}]}")]
    [InlineData("{\"siblings\":[{\"rfilename\":\"config.json\",\"size\":-1}]}")]
    [InlineData("{\"siblings\":[{\"rfilename\":\"a\"},{\"rfilename\":\"a\"}]}")]
    [InlineData("{\"siblings\":[1]}")]
    public async Task ResolveAsync_ListingIsNone_IsRefused(string listing)
    {
        await using HubServer server = new(_ => new HubReply(200, Encoding.UTF8.GetBytes(listing)));
        using ModelHub hub = Hub(server.Address);
        await Assert.ThrowsAsync<CorruptException>(() => hub.ResolveAsync(FakeRepository.Name));
    }

    [Fact]
    public async Task ResolveAsync_TwoAtOnce_GiveOneWholeModel()
    {
        await using HubServer server = new(_repository.Answer);
        using ModelHub first = Hub(server.Address);
        using ModelHub second = Hub(server.Address);
        string[] folders = await Task.WhenAll(Task.Run(() => first.ResolveAsync(FakeRepository.Name)), Task.Run(() => second.ResolveAsync(FakeRepository.Name)));
        Assert.Equal(folders[0], folders[1]);
        Assert.Equal(_repository.Files["model.safetensors"], File.ReadAllBytes(Path.Combine(folders[0], "model.safetensors")));
        Assert.Single(server.Requests, request => request.Target.EndsWith("model.safetensors", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ResolveAsync_Cancelled_ThrowsAndKeepsWhatIsHere()
    {
        using CancellationTokenSource cancellation = new();
        await using HubServer server = new(request =>
        {
            HubReply reply = _repository.Answer(request);
            return request.Target.EndsWith("model.safetensors", StringComparison.Ordinal) ? reply with { StallAfter = 80_000 } : reply;
        });
        using ModelHub hub = Hub(server.Address, options => options.StallTimeout = TimeSpan.FromMinutes(5));
        Relay progress = new(seen =>
        {
            if (seen.File == "model.safetensors")
            {
                cancellation.Cancel();
            }
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hub.ResolveAsync(FakeRepository.Name, progress, cancellation.Token));
        string partial = Assert.Single(Directory.GetFiles(Path.Combine(_cache, "rag--org--tiny", "partial"), "*.incomplete"));
        Assert.True(new FileInfo(partial).Length > 0);
        Assert.True(await hub.DeleteAsync(new ModelReference(FakeRepository.Name)));
        Assert.False(File.Exists(partial));
    }

    [Fact]
    public async Task ResolveAsync_CacheCannotBeWritten_IsASentence()
    {
        string blocked = Path.Combine(_cache, "file");
        File.WriteAllText(blocked, "in the way");
        await using HubServer server = new(_repository.Answer);
        ModelHubOptions options = Options(server.Address);
        options.CacheDirectory = Path.Combine(blocked, "cache");
        using ModelHub hub = new(options);
        UnavailableException error = await Assert.ThrowsAsync<UnavailableException>(() => hub.ResolveAsync(FakeRepository.Name));
        Assert.Contains("cache", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DownloadAsync_BranchHasMoved_TakesTheNewCommitAndKeepsTheOld()
    {
        const string next = "ffffffffffffffffffffffffffffffffffffffff";
        bool moved = false;
        await using HubServer server = new(request => moved && _repository.IsListing(request)
            ? new HubReply(200, _repository.Listing(next))
            : _repository.Answer(request with { Target = request.Target.Replace(next, FakeRepository.Commit, StringComparison.Ordinal) }));
        using ModelHub hub = Hub(server.Address);
        ModelReference reference = new(FakeRepository.Name);
        CachedModel old = await hub.DownloadAsync(reference);
        moved = true;
        Assert.Equal(old.FolderPath, await hub.ResolveAsync(FakeRepository.Name));
        CachedModel fresh = await hub.DownloadAsync(reference);
        Assert.Equal(next, fresh.Commit);
        Assert.Equal(fresh.FolderPath, await hub.ResolveAsync(FakeRepository.Name));
        Assert.Equal(old.FolderPath, await hub.ResolveAsync($"{FakeRepository.Name}@{FakeRepository.Commit}"));
    }

    private ModelHub Hub(Uri address, Action<ModelHubOptions>? configure = null)
    {
        ModelHubOptions options = Options(address);
        configure?.Invoke(options);
        return new ModelHub(options);
    }

    private ModelHubOptions Options(Uri address) => new()
    {
        Endpoint = address,
        CacheDirectory = _cache,
        FirstBackoff = TimeSpan.FromMilliseconds(1),
        MaxBackoff = TimeSpan.FromMilliseconds(5),
    };

    private sealed class Relay(Action<ModelDownloadProgress> report) : IProgress<ModelDownloadProgress>
    {
        public void Report(ModelDownloadProgress value) => report(value);
    }

    private sealed class CountingHandler : HttpMessageHandler
    {
        public int Count { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Count++;
            throw new HttpRequestException(HttpRequestError.ConnectionError, "no network");
        }
    }
}
