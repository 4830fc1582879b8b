using Microsoft.Extensions.AI;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Packing;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Prefixes;
using Rag.Runtime.Sessions;
using Rag.Runtime.Tests.Sessions;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Generation.Prefixes;

/// <summary>What was computed of a fixed prompt, over a restart.</summary>
public sealed class SavedPrefixTests : IDisposable
{
    private static readonly ChatOptions Short = new() { MaxOutputTokens = 12 };
    private static readonly ChatMessage System = new(ChatRole.System, "Documents: " + new string('d', 280));
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;
    private readonly string _path;

    public SavedPrefixTests()
    {
        _model = _folder.File("model");
        _path = _folder.File("fixed.prefix");
        TinyChatModel.Write(_model);
    }

    public static TheoryData<string> Names => DecoderFixture.Names();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_saved_prefix_spares_its_tokens_after_a_restart_and_changes_no_answer()
    {
        int saved;
        using (LocalChatClient client = Load())
        {
            saved = await client.SavePrefixAsync(_path, [System], null, TestContext.Current.CancellationToken);
            Assert.True(saved > 280);
            ChatResponse here = await client.GetResponseAsync([System, new ChatMessage(ChatRole.User, "One?")], Short);
            Assert.Equal(saved, here.Usage!.CachedInputTokenCount);
        }

        using LocalChatClient plain = Load(new LocalModelOptions { ReusePrefix = false });
        using LocalChatClient restarted = Load();
        Assert.Equal(saved, await restarted.LoadPrefixAsync(_path, TestContext.Current.CancellationToken));
        foreach (string question in (string[])["One?", "two", "1"])
        {
            ChatOptions options = new() { MaxOutputTokens = 12, Temperature = question.Length == 3 ? 1 : 0, Seed = 5 };
            ChatMessage[] messages = [System, new ChatMessage(ChatRole.User, question)];
            ChatResponse response = await restarted.GetResponseAsync(messages, options);
            Assert.Equal((await plain.GetResponseAsync(messages, options)).Text, response.Text);
            Assert.True(response.Usage!.CachedInputTokenCount >= saved);
        }

        Assert.Empty(Directory.EnumerateFiles(_folder.FolderPath, "*.partial"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_form_of_cache_is_read_as_it_was_written(string name)
    {
        using DecoderFixture fixture = new(name);
        int[] ids = DecoderFixture.Ids(fixture.Cases.GetProperty("long"))[..30];
        using OnnxDecoderSession session = (OnnxDecoderSession)fixture.Model.CreateSession();
        session.Append(ids);
        DecoderIdentity identity = new("weights", "arithmetic");
        PrefixFileWriter.Write(_path, identity, "", ids, session, TestContext.Current.CancellationToken);
        using PrefixCache cache = new(1 << 26);
        using (StoredPrefix prefix = PrefixFileReader.Read(_path, fixture.Model, identity, 1 << 26, TestContext.Current.CancellationToken))
        {
            // A part of it is known already, so that pieces do not begin where those of the file do.
            using CachedSession other = new(fixture.Model.CreateSession(), null, cache);
            other.Begin(ids.AsSpan(0, 7));
            other.Append(ids.AsSpan(0, 7), default);
            other.Keep();
            Assert.Equal(30, cache.Insert(null, prefix.Tokens, prefix));
        }

        using CachedSession restored = new(fixture.Model.CreateSession(), null, cache);
        Assert.Equal(30, restored.Begin([.. ids, 5]));
        float[] expected = session.Append([5]).ToArray();
        Assert.Equal(expected, restored.Append([5], default).ToArray(), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public async Task A_damaged_file_is_refused_wherever_it_is_damaged()
    {
        using LocalChatClient client = Load();
        await client.SavePrefixAsync(_path, [System], null, TestContext.Current.CancellationToken);
        byte[] whole = await File.ReadAllBytesAsync(_path, TestContext.Current.CancellationToken);
        Random random = new(3);
        for (int i = 0; i < 200; i++)
        {
            byte[] damaged = [.. whole];
            damaged[i < 60 ? i * 9 : random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            await Refused(damaged);
        }

        foreach (int length in (int[])[0, 7, 8, 100, whole.Length / 2, whole.Length - 1])
        {
            await Refused(whole[..length]);
        }

        await Refused([.. whole, 0]);
        await File.WriteAllBytesAsync(_path, whole, TestContext.Current.CancellationToken);
        await client.LoadPrefixAsync(_path, TestContext.Current.CancellationToken);

        async Task Refused(byte[] bytes)
        {
            await File.WriteAllBytesAsync(_path, bytes, TestContext.Current.CancellationToken);
            long before = client.GetService<PrefixCacheUsage>()!.Tokens;
            await Assert.ThrowsAnyAsync<RagException>(() => client.LoadPrefixAsync(_path));
            Assert.Equal(before, client.GetService<PrefixCacheUsage>()!.Tokens);
        }
    }

    [Fact]
    public async Task A_file_of_something_else_is_refused_by_what_it_is()
    {
        using LocalChatClient client = Load();
        await client.SavePrefixAsync(_path, [System], null, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<UnavailableException>(() => client.LoadPrefixAsync(_folder.File("nothing")));
        await Assert.ThrowsAsync<IncompatibleException>(() => client.LoadPrefixAsync(Path.Combine(_model, "model.safetensors")));

        string other = _folder.File("other");
        TinyChatModel.Write(other, seed: 2);
        using LocalChatClient another = Load(folder: other);
        Assert.Contains("other weights", (await Assert.ThrowsAsync<IncompatibleException>(() => another.LoadPrefixAsync(_path))).Message, StringComparison.Ordinal);

        LocalModelOptions integers = new();
        integers.Runtime.Weights = WeightPrecision.Int8;
        using LocalChatClient packed = Load(integers);
        Assert.Contains("Int8", (await Assert.ThrowsAsync<IncompatibleException>(() => packed.LoadPrefixAsync(_path))).Message, StringComparison.Ordinal);

        using LocalChatClient small = Load(new LocalModelOptions { PrefixCacheBytes = 5_000 });
        Assert.Equal(nameof(LocalModelOptions.PrefixCacheBytes), (await Assert.ThrowsAsync<LimitExceededException>(() => small.LoadPrefixAsync(_path))).LimitName);
        using LocalChatClient none = Load(new LocalModelOptions { PrefixCacheBytes = 0 });
        await Assert.ThrowsAsync<UnsupportedException>(() => none.LoadPrefixAsync(_path));
        await Assert.ThrowsAsync<UnsupportedException>(() => none.SavePrefixAsync(_path, [System]));
    }

    [Fact]
    public async Task A_file_of_another_version_or_with_a_number_that_is_none_is_refused()
    {
        using LocalChatClient client = Load();
        await client.SavePrefixAsync(_path, [System], null, TestContext.Current.CancellationToken);
        Rewrite((metadata, _) => metadata[PrefixFileFormat.VersionEntry] = "2");
        await Assert.ThrowsAsync<UnsupportedException>(() => client.LoadPrefixAsync(_path));
        await client.SavePrefixAsync(_path, [System], null, TestContext.Current.CancellationToken);
        Rewrite((_, tensors) => BitConverter.TryWriteBytes(tensors[PrefixFileFormat.Rows(0)], float.NaN));
        Assert.Contains("not finite", (await Assert.ThrowsAsync<CorruptException>(() => client.LoadPrefixAsync(_path))).Message, StringComparison.Ordinal);
        await client.SavePrefixAsync(_path, [System], null, TestContext.Current.CancellationToken);
        Rewrite((_, tensors) => BitConverter.TryWriteBytes(tensors[PrefixFileFormat.Tokens], -1));
        Assert.Contains("token", (await Assert.ThrowsAsync<CorruptException>(() => client.LoadPrefixAsync(_path))).Message, StringComparison.Ordinal);

        // With a right checksum, as one who means harm would write it.
        void Rewrite(Action<Dictionary<string, string>, Dictionary<string, byte[]>> change)
        {
            List<TensorContent> contents = [];
            Dictionary<string, string> metadata;
            using (SafetensorsFile file = SafetensorsFile.Open(_path))
            {
                metadata = new Dictionary<string, string>(file.Metadata, StringComparer.Ordinal);
                Dictionary<string, byte[]> bytes = file.Tensors.ToDictionary(tensor => tensor.Name, tensor =>
                {
                    byte[] content = new byte[tensor.Length];
                    file.ReadBytes(tensor, content);
                    return content;
                });
                change(metadata, bytes);
                using global::System.Security.Cryptography.IncrementalHash hash = PrefixFileFormat.BeginHash(metadata);
                foreach (TensorInfo tensor in file.Tensors.Where(tensor => tensor.Name != PrefixFileFormat.Checksum))
                {
                    hash.AppendData(bytes[tensor.Name]);
                }

                bytes[PrefixFileFormat.Checksum] = hash.GetCurrentHash();
                contents.AddRange(file.Tensors.Select(tensor => new TensorContent(tensor.Name, tensor.DataType, tensor.Shape, bytes[tensor.Name])));
            }

            Rag.Models.Formats.Safetensors.SafetensorsWriter.Write(_path, contents, metadata);
        }
    }

    [Fact]
    public async Task A_prefix_of_an_adapter_is_loaded_for_that_adapter_whatever_its_name_is()
    {
        string first = TinyAdapter.Write(_model, 1);
        string second = TinyAdapter.Write(_model, 2);
        LocalModelOptions options = new();
        options.Adapters.Add("first", first);
        options.Adapters.Add("second", second);
        ChatOptions asking = new() { MaxOutputTokens = 12, AdditionalProperties = new AdditionalPropertiesDictionary { ["adapter"] = "first" } };
        ChatMessage[] messages = [System, new ChatMessage(ChatRole.User, "One?")];
        string expected;
        int saved;
        using (LocalChatClient client = Load(options))
        {
            expected = (await client.GetResponseAsync(messages, asking)).Text;
            saved = await client.SavePrefixAsync(_path, [System], asking, TestContext.Current.CancellationToken);
        }

        LocalModelOptions renamed = new() { DefaultAdapter = "second" };
        renamed.Adapters.Add("second", first);
        renamed.Adapters.Add("first", second);
        using LocalChatClient restarted = Load(renamed);
        await restarted.LoadPrefixAsync(_path, TestContext.Current.CancellationToken);
        ChatResponse other = await restarted.GetResponseAsync(messages, asking);
        Assert.Equal(0, other.Usage!.CachedInputTokenCount);
        ChatResponse same = await restarted.GetResponseAsync(messages, Short);
        Assert.Equal((expected, saved), (same.Text, (int)same.Usage!.CachedInputTokenCount!));
        using LocalChatClient without = Load();
        await Assert.ThrowsAsync<IncompatibleException>(() => without.LoadPrefixAsync(_path));
    }

    [Fact]
    public async Task Saving_that_cannot_be_finished_leaves_no_file_and_a_usable_client()
    {
        using LocalChatClient client = Load();
        await Assert.ThrowsAsync<UnavailableException>(() => client.SavePrefixAsync(_folder.File("no", "folder", "x"), [System]));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SavePrefixAsync(_path, [System], null, new CancellationToken(canceled: true)));
        Assert.False(File.Exists(_path));
        Assert.Equal(new LocalModelOptions().MaxConcurrentRequests, client.AvailableSessions);
        Assert.NotEmpty((await client.GetResponseAsync("x", Short)).Text);
    }

    private LocalChatClient Load(LocalModelOptions? options = null, string? folder = null)
    {
        options ??= new LocalModelOptions();
        options.Runtime.Threads = 1;
        options.Runtime.CacheDirectory = _folder.File("cache");
        return LocalChatClient.Load(folder ?? _model, options);
    }
}
