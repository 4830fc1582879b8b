using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Rag.Models.Tests.Hub;

/// <summary>A repository with a few files, and the honest answers of a hub about it; tests bend them.</summary>
internal sealed class FakeRepository
{
    public const string Name = "org/tiny";
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    public FakeRepository()
    {
        byte[] weights = new byte[120_000];
        new Random(5).NextBytes(weights);
        Files["config.json"] = "{\"model_type\":\"bert\"}"u8.ToArray();
        Files["tokenizer.json"] = "{}"u8.ToArray();
        Files["1_Pooling/config.json"] = "{\"pooling_mode_cls_token\":true}"u8.ToArray();
        Files["model.safetensors"] = weights;
        Files["pytorch_model.bin"] = "never fetched"u8.ToArray();
        Files["modeling_evil.py"] = "never fetched"u8.ToArray();
    }

    public SortedDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    public byte[] Listing(string commit = Commit) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        sha = commit,
        siblings = Files.Select(file => file.Key.EndsWith(".safetensors", StringComparison.Ordinal)
            ? (object)new { rfilename = file.Key, size = file.Value.Length, blobId = new string('a', 40), lfs = new { sha256 = Sha256(file.Value), size = file.Value.Length } }
            : new { rfilename = file.Key, size = file.Value.Length, blobId = GitSha1(file.Value) }),
    });

    public bool IsListing(HubRequest request) => request.Target.StartsWith("/api/models/" + Name + "/revision/", StringComparison.Ordinal);

    /// <summary>What an honest hub answers.</summary>
    public HubReply Answer(HubRequest request) => IsListing(request) ? new HubReply(200, Listing()) : File(request);

    public HubReply File(HubRequest request, bool ranges = true, string tag = "\"v1\"")
    {
        string prefix = $"/{Name}/resolve/{Commit}/";
        if (!request.Target.StartsWith(prefix, StringComparison.Ordinal) || !Files.TryGetValue(request.Target[prefix.Length..], out byte[]? content))
        {
            return new HubReply(404, []);
        }

        bool same = request.Header("If-Range") is not { } condition || condition == tag;
        if (!ranges || !same || request.From == 0)
        {
            return new HubReply(200, content) { Headers = { ["ETag"] = tag } };
        }

        return request.From >= content.Length
            ? new HubReply(416, [])
            : new HubReply(206, content[(int)request.From..])
            {
                Headers = { ["ETag"] = tag, ["Content-Range"] = $"bytes {request.From}-{content.Length - 1}/{content.Length}" },
            };
    }

    public static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    public static string GitSha1(byte[] content) =>
        Convert.ToHexStringLower(CryptographicOperations.HashData(HashAlgorithmName.SHA1, [.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));
}
