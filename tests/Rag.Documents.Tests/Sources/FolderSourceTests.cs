using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;

namespace Rag.Documents.Tests;

public sealed class FolderSourceTests : IDisposable
{
    private readonly string _outside = Directory.CreateTempSubdirectory("rag-test-").FullName;
    private readonly string _root;

    public FolderSourceTests()
    {
        _root = Path.Combine(_outside, "root");
        Directory.CreateDirectory(_root);
    }

    public void Dispose() => Directory.Delete(_outside, recursive: true);

    private string Write(string relative, string content = "text")
    {
        string path = Path.Combine(_root, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    private async Task<List<SourceItem>> EnumerateAsync(FolderSourceOptions? options = null)
    {
        var items = new List<SourceItem>();
        await foreach (SourceItem item in new FolderSource(_root, options).EnumerateAsync(TestContext.Current.CancellationToken))
        {
            Assert.True((item.OpenAsync is null) != (item.Error is null));
            items.Add(item);
        }

        return items;
    }

    private static async Task<string> ReadAsync(SourceItem item)
    {
        await using Stream stream = await item.OpenAsync!(CancellationToken.None);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    [Fact]
    public async Task Files_come_in_ordinal_order_of_their_ids_without_the_hidden_ones()
    {
        foreach (string name in new[] { "b.txt", "a/z.txt", "a.txt", "a-b.txt", "a/b/c.txt", ".git/config", ".hidden", "a/.rag/index.db", "B.txt", "line\nbreak.txt" })
        {
            Write(name);
        }

        string[] ids = [.. (await EnumerateAsync()).Select(item => item.Id)];

        Assert.Equal(["B.txt", "a-b.txt", "a.txt", "a/b/c.txt", "a/z.txt", "b.txt", "line\nbreak.txt"], ids);
        Assert.Equal([.. ids.Order(StringComparer.Ordinal)], ids);
        Assert.Contains(".git/config", (await EnumerateAsync(new FolderSourceOptions { IncludeHidden = true })).Select(item => item.Id));
    }

    [Fact]
    public async Task A_file_is_opened_with_its_content()
    {
        Write("a.txt", "한글 content");

        SourceItem item = Assert.Single(await EnumerateAsync());
        Assert.Equal("한글 content", await ReadAsync(item));
        Assert.Equal(Encoding.UTF8.GetByteCount("한글 content"), item.Length);
    }

    [Fact]
    public async Task Ids_are_composed_on_every_host()
    {
        Write("\u1112\u1161\u11ab\u1100\u1173\u11af/re\u0301sume\u0301.txt");

        SourceItem item = Assert.Single(await EnumerateAsync());
        Assert.Equal("한글/résumé.txt", item.Id);
        Assert.Equal("text", await ReadAsync(item));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Two_names_that_compose_to_one_are_not_both_read()
    {
        Write("e\u0301.txt");
        Write("é.txt");

        List<SourceItem> items = await EnumerateAsync();
        Assert.Equal(["é.txt", "é.txt"], items.Select(item => item.Id));
        Assert.Single(items, item => item.Error is UnsupportedException);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Links_are_never_followed_and_only_those_inside_are_left_out()
    {
        File.WriteAllText(Path.Combine(_outside, "secret.txt"), "SECRET");
        Directory.CreateDirectory(Path.Combine(_outside, "root-sibling"));
        Write("real.txt");
        File.CreateSymbolicLink(Path.Combine(_root, "inside.txt"), "real.txt");
        File.CreateSymbolicLink(Path.Combine(_root, "out.txt"), "../secret.txt");
        File.CreateSymbolicLink(Path.Combine(_root, "broken.txt"), "nowhere.txt");
        File.CreateSymbolicLink(Path.Combine(_root, "self.txt"), "self.txt");
        Directory.CreateSymbolicLink(Path.Combine(_root, "up"), "..");
        Directory.CreateSymbolicLink(Path.Combine(_root, "here"), ".");
        Directory.CreateSymbolicLink(Path.Combine(_root, "sibling"), "../root-sibling");
        File.CreateSymbolicLink(Path.Combine(_root, "through.txt"), "up/secret.txt");

        Dictionary<string, RagException?> items = (await EnumerateAsync()).ToDictionary(item => item.Id, item => item.Error);

        Assert.Equal(["broken.txt", "out.txt", "real.txt", "self.txt", "sibling", "through.txt", "up"], items.Keys.Order(StringComparer.Ordinal));
        Assert.IsType<UnavailableException>(items["broken.txt"]);
        Assert.IsType<UnavailableException>(items["self.txt"]);
        Assert.All(new[] { "out.txt", "up", "sibling", "through.txt" }, id => Assert.IsType<UnsupportedException>(items[id]));
        Assert.Null(items["real.txt"]);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task The_root_itself_may_be_a_link()
    {
        Write("a.txt");
        string link = Path.Combine(_outside, "link");
        Directory.CreateSymbolicLink(link, _root);
        int count = 0;
        await foreach (SourceItem item in new FolderSource(link).EnumerateAsync(TestContext.Current.CancellationToken))
        {
            Assert.Equal("text", await ReadAsync(item));
            count++;
        }

        Assert.Equal(1, count);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_pipe_is_never_opened()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no pipes in folders.");
        Write("a.txt");
        using (Process made = Process.Start("mkfifo", [Path.Combine(_root, "pipe.txt")]))
        {
            await made.WaitForExitAsync();
        }

        List<SourceItem> items = await EnumerateAsync();
        Assert.Equal(["a.txt", "pipe.txt"], items.Select(item => item.Id));
        Assert.IsType<UnsupportedException>(items[1].Error);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_file_that_becomes_a_pipe_or_a_link_before_it_is_opened_is_an_error()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no pipes in folders.");
        string path = Write("a.txt");
        File.WriteAllText(Path.Combine(_outside, "secret.txt"), "SECRET");
        SourceItem item = Assert.Single(await EnumerateAsync());
        File.Delete(path);
        await Assert.ThrowsAsync<UnavailableException>(() => ReadAsync(item));
        File.CreateSymbolicLink(path, "../secret.txt");
        await Assert.ThrowsAsync<UnavailableException>(() => ReadAsync(item));
        File.Delete(path);
        using (Process made = Process.Start("mkfifo", [path]))
        {
            await made.WaitForExitAsync();
        }

        await Assert.ThrowsAsync<UnavailableException>(() => ReadAsync(item));
    }

    [Fact]
    public async Task A_file_that_grows_or_shrinks_while_it_is_read_is_an_error()
    {
        string path = Write("a.txt", new string('a', 200_000));
        foreach (int length in new[] { 300_000, 10 })
        {
            SourceItem item = Assert.Single(await EnumerateAsync());
            await using Stream stream = await item.OpenAsync!(CancellationToken.None);
            await stream.ReadExactlyAsync(new byte[5]);
            await using (var change = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
            {
                change.SetLength(length);
            }

            await Assert.ThrowsAsync<UnavailableException>(() => stream.CopyToAsync(Stream.Null));
        }
    }

    [Fact]
    public async Task A_file_past_the_limit_is_an_error_before_it_is_read()
    {
        string path = Write("a.txt", "1234567");
        LimitExceededException error = Assert.IsType<LimitExceededException>(Assert.Single(await EnumerateAsync(new FolderSourceOptions { MaxFileBytes = 6 })).Error);
        Assert.Equal(("MaxFileBytes", 6L, 7L), (error.LimitName, error.Limit, error.Seen));
        await using (var sparse = new FileStream(path, FileMode.Open))
        {
            sparse.SetLength(200L * 1024 * 1024);
        }

        Assert.IsType<LimitExceededException>(Assert.Single(await EnumerateAsync()).Error);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task What_may_not_be_read_is_reported_and_the_rest_is_read()
    {
        Assert.SkipWhen(Environment.UserName == "root", "Everything may be read by root.");
        Write("a.txt");
        Directory.CreateDirectory(Path.Combine(_root, "locked"), UnixFileMode.None);
        List<SourceItem> items = await EnumerateAsync();
        File.SetUnixFileMode(Path.Combine(_root, "locked"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        Assert.Equal(["a.txt", "locked"], items.Select(item => item.Id));
        Assert.IsType<UnavailableException>(items[1].Error);
    }

    [Fact]
    public async Task A_folder_deeper_than_the_limit_is_an_item_with_an_error()
    {
        Write("a/b/c/d.txt");
        SourceItem item = Assert.Single(await EnumerateAsync(new FolderSourceOptions { MaxDepth = 2 }));
        Assert.Equal("a/b/c", item.Id);
        Assert.IsType<LimitExceededException>(item.Error);
    }

    [Fact]
    public async Task A_root_that_is_no_folder_is_a_sentence()
    {
        string file = Write("a.txt");
        UnavailableException notFolder = await Assert.ThrowsAsync<UnavailableException>(() => CountAsync(file));
        Assert.Contains("is not a folder", notFolder.Message, StringComparison.Ordinal);
        UnavailableException missing = await Assert.ThrowsAsync<UnavailableException>(() => CountAsync(Path.Combine(_root, "none")));
        Assert.Contains("does not exist", missing.Message, StringComparison.Ordinal);
        File.Delete(file);
        Assert.Equal(0, await CountAsync(_root));
    }

    private static async Task<int> CountAsync(string root) => await new FolderSource(root).EnumerateAsync().CountAsync();
}
