using System.Text;
using Rag.Models;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Sampling;
using Rag.Runtime.Sessions;
using Rag.Tests.Support;
using Rag.Tokenizers;

namespace Rag.Runtime.Tests.Generation;

/// <summary>A real trained model tells the story that llama2.c's run tells.</summary>
public sealed class StoryTests
{
    [Fact]
    public void Stories260K_Greedy_TellsTheReferenceStory()
    {
        string source = SharedData.Require("data", "models", "stories260K");
        string expected = File.ReadAllText(Path.Combine(source, "expected-greedy-200.txt"));
        using TemporaryFolder folder = new();
        Llama2cModel.Convert(Path.Combine(source, "stories260K.bin"), Path.Combine(source, "tok512.bin"), folder.FolderPath);
        ModelFolder model = ModelFolder.Open(folder.FolderPath);
        Tokenizer tokenizer = Tokenizer.Load(folder.FolderPath);
        using OnnxDecoderModel decoder = OnnxDecoderModel.Load(model, new RuntimeOptions { Threads = 1 });
        using CachedSession session = new(decoder.CreateSession());

        // The reference starts from the begin token alone and prints 200 tokens and a line break.
        GenerationRequest request = new([model.Generation.BosTokenId!.Value], 200, new SamplingOptions(), 0, []);
        using TextGeneration generation = new(session, request, new HashSet<int> { 1, 2 }, tokenizer);
        StringBuilder story = new();
        while (!generation.HasEnded)
        {
            story.Append(generation.Next(default));
        }

        Assert.Equal(expected.TrimEnd('\n'), story.ToString().TrimEnd('\n'));
        Assert.Equal(200, generation.GeneratedTokens);

        // What it told is text that its own tokenizer gives back.
        List<int> ids = [];
        tokenizer.Encode(story.ToString(), ids, new EncodeOptions { AddSpecialTokens = false });
        Assert.Equal(story.ToString(), tokenizer.Decode([.. ids]));
    }
}
