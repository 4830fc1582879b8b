using System.Numerics.Tensors;
using Microsoft.Extensions.AI;
using Rag.Runtime.Embedding;
using Rag.Starter;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Starter;

/// <summary>The models that come along, as every consumer gets them.</summary>
public sealed class StarterModelsTests
{
    [Fact]
    public async Task Embedder_LiesBesideTheConsumerAndPutsLikeByLike()
    {
        string folder = Assert.IsType<string>(StarterModels.EmbedderFolder);
        Assert.True(File.Exists(Path.Combine(folder, "MODEL-CARD.md")));
        Assert.True(StaticEmbedder.IsStaticTable(folder));
        Assert.InRange(new FileInfo(Path.Combine(folder, "embeddings.safetensors")).Length, 1, 8_000_000);

        using StaticEmbedder embedder = StaticEmbedder.Load(folder, new StaticEmbedderOptions { ModelName = StarterModels.EmbedderName });
        GeneratedEmbeddings<Embedding<float>> vectors = await embedder.GenerateAsync(
            ["When does the museum open?", "The gallery's opening hours are nine to five.", "Mitochondria make most of a cell's energy."]);
        Assert.Equal(256, embedder.Dimensions);
        float like = TensorPrimitives.CosineSimilarity(vectors[0].Vector.Span, vectors[1].Vector.Span);
        float unlike = TensorPrimitives.CosineSimilarity(vectors[0].Vector.Span, vectors[2].Vector.Span);
        Assert.True(like > unlike + .2f, $"{like} and {unlike}");
    }

    [Fact]
    public void Embedder_WithoutItsFiles_IsNotThere()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("starter", "embedder"));
        File.WriteAllText(folder.File("starter", "embedder", "tokenizer.json"), "{}");
        Assert.Null(StarterModels.Find(folder.FolderPath, "embedder", "embeddings.safetensors", "tokenizer.json"));
        Assert.NotNull(StarterModels.Find(folder.FolderPath, "embedder", "tokenizer.json"));
    }
}
