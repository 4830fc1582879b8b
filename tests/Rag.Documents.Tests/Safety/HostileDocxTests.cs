using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using static Rag.Documents.Tests.DocxMaker;

namespace Rag.Documents.Tests;

public sealed class HostileDocxTests
{
    private static Task<Document> ReadAsync(byte[] docx) => Reading.ReadAsync("hostile.docx", docx);

    [Theory]
    [InlineData("<w:t>")]
    [InlineData("<w:x a='")]
    [InlineData("<w:instrText>")]
    public async Task A_part_of_256_MiB_is_counted_while_it_inflates(string before)
    {
        const int Length = 256 * 1024 * 1024;
        byte[] head = Encoding.UTF8.GetBytes($"<w:document xmlns:w='{W}'><w:body><w:p><w:r>{before}");
        var piece = new byte[1024 * 1024];
        piece.AsSpan().Fill((byte)'a');
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(head);
            for (int i = 0; i < Length / piece.Length; i++)
            {
                deflate.Write(piece);
            }
        }

        byte[] docx = new ZipMaker().AddPacked("word/document.xml", packed.ToArray(), head.Length + Length).ToArray();
        Assert.True(docx.Length < 600_000);
        long allocated = GC.GetTotalAllocatedBytes();
        LimitExceededException error = await Assert.ThrowsAsync<LimitExceededException>(() => ReadAsync(docx));
        Assert.Contains(error.LimitName, new[] { nameof(DocxReaderOptions.MaxInflatedBytes), nameof(ReaderOptions.MaxTextCharacters) });
        Assert.InRange(GC.GetTotalAllocatedBytes() - allocated, 0, 1_000_000_000);
    }

    [Fact]
    public async Task The_budget_is_of_the_archive_not_of_a_part()
    {
        byte[] docx = Parts(Paragraph("a"), styles: $"<w:x>{new string('y', 5000)}</w:x>", numbering: $"<w:x>{new string('y', 5000)}</w:x>").ToArray();
        var reader = new DocxReader(new DocxReaderOptions { MaxInflatedBytes = 8000 });

        LimitExceededException error = await Assert.ThrowsAsync<LimitExceededException>(async () => await reader.ReadAsync(new SourceItem { Id = "a.docx" }, docx, ""));
        Assert.Equal("MaxInflatedBytes", error.LimitName);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1_000_000)]
    public async Task A_declared_length_that_lies_is_corrupt_and_never_a_cut_text(long declared)
    {
        byte[] document = Encoding.UTF8.GetBytes($"<w:document xmlns:w='{W}'><w:body>{string.Concat(Enumerable.Repeat(Paragraph("text"), 50))}</w:body></w:document>");
        byte[] docx = new ZipMaker().Add("word/document.xml", document, declaredLength: declared).ToArray();

        CorruptException error = await Assert.ThrowsAsync<CorruptException>(() => ReadAsync(docx));
        Assert.Contains("bytes long", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_checksum_is_corrupt()
    {
        byte[] document = Encoding.UTF8.GetBytes($"<w:document xmlns:w='{W}'><w:body>{Paragraph("text")}</w:body></w:document>");

        CorruptException error = await Assert.ThrowsAsync<CorruptException>(() => ReadAsync(new ZipMaker().Add("word/document.xml", document, crc: 1).ToArray()));
        Assert.Contains("checksum", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_entries_two_of_one_name_an_encrypted_one_and_a_strange_packing_are_named()
    {
        ZipMaker many = Parts(Paragraph("a"));
        for (int i = 0; i < 10_001; i++)
        {
            many.Add($"x{i}", [], method: 0);
        }

        await Assert.ThrowsAsync<LimitExceededException>(() => ReadAsync(many.ToArray()));
        await Assert.ThrowsAsync<CorruptException>(() => ReadAsync(Parts(Paragraph("a")).Add("word/document.xml", "<x/>").ToArray()));
        await Assert.ThrowsAsync<UnsupportedException>(() => ReadAsync(new ZipMaker().Add("word/document.xml", "<x/>"u8.ToArray(), flags: 1).ToArray()));
        await Assert.ThrowsAsync<UnsupportedException>(() => ReadAsync(new ZipMaker().Add("word/document.xml", "<x/>"u8.ToArray(), method: 12).ToArray()));
        await Assert.ThrowsAsync<CorruptException>(() => ReadAsync(Parts(Paragraph("a")).ToArray()[..^30]));
    }

    [Fact]
    public async Task Names_that_climb_out_of_the_archive_only_compare()
    {
        Document document = await ReadAsync(Parts(Paragraph("safe")).Add("../../evil", "x").Add("/abs", "x").Add("C:\\x", "x").ToArray());

        Assert.Equal("safe", document.Text);
    }

    [Fact]
    public async Task A_document_type_is_refused_and_reaches_neither_files_nor_the_network()
    {
        string canary = Path.Combine(Directory.CreateTempSubdirectory("rag-test-").FullName, "canary.txt");
        await File.WriteAllTextAsync(canary, "CANARY");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string[] types =
        [
            $"<!DOCTYPE d [<!ENTITY x SYSTEM 'file://{canary}'>]>",
            $"<!DOCTYPE d [<!ENTITY x SYSTEM 'http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/'>]>",
            "<!DOCTYPE d [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY x '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'>]>",
        ];
        foreach (string type in types)
        {
            byte[] docx = new ZipMaker().Add("word/document.xml", $"{type}<w:document xmlns:w='{W}'><w:body>{Paragraph("&x;")}</w:body></w:document>").ToArray();
            CorruptException error = await Assert.ThrowsAsync<CorruptException>(() => ReadAsync(docx));
            Assert.Contains("DTD", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("CANARY", error.ToString(), StringComparison.Ordinal);
        }

        Assert.False(listener.Pending());
        Directory.Delete(Path.GetDirectoryName(canary)!, recursive: true);
    }

    [Fact]
    public async Task Elements_nested_100000_deep_pass_the_limit_of_depth()
    {
        string deep = string.Concat(Enumerable.Repeat("<w:sdt>", 100_000));

        LimitExceededException error = await Assert.ThrowsAsync<LimitExceededException>(() => ReadAsync(Make(deep)));
        Assert.Equal("MaxElementDepth", error.LimitName);
    }

    [Fact]
    public async Task Many_attributes_and_empty_paragraphs_are_only_read_past()
    {
        string attributes = string.Join(' ', Enumerable.Range(0, 50_000).Select(i => $"a{i}='x'"));

        Document document = await ReadAsync(Make($"<w:p {attributes}><w:r><w:t>kept</w:t></w:r></w:p>" + string.Concat(Enumerable.Repeat("<w:p/>", 100_000))));
        Assert.Equal("kept", document.Text);
    }
}
