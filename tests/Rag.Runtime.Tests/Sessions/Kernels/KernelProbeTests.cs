using Rag.Models;
using Rag.Models.Packing;
using Rag.Runtime.Sessions;
using Rag.Runtime.Sessions.Kernels;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Sessions.Kernels;

/// <summary>What is chosen from what kernels take, and how that is remembered.</summary>
public sealed class KernelProbeTests : IDisposable
{
    private static readonly KernelShape Shape = new(256, 512, 8, 2, 64, 1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1.2, 1, WeightPrecision.Int8)]
    [InlineData(1.4, 1, WeightPrecision.Int8Rows)]
    [InlineData(1.4, .7, WeightPrecision.Int8Rows)]
    [InlineData(3, .5, WeightPrecision.Int8)]
    public void Run_GainForPromptsAndLossForTokens_DecideTheWeights(double prompt, double token, WeightPrecision expected) =>
        Assert.Equal(expected, KernelProbe.Run(Shape, new ScriptedKernelTimer(prompt, token, _ => 1)).Weights);

    [Theory]
    [InlineData(1, 1, int.MaxValue)]
    [InlineData(1, 2, 2048)]
    [InlineData(2, 2, 512)]
    [InlineData(2, 1, int.MaxValue)]
    public void Run_GainOfPlainProducts_DecidesFromWhichLengthTheyAreTaken(double atShort, double atLong, int expected) =>
        Assert.Equal(expected, KernelProbe.Run(Shape, new ScriptedKernelTimer(1, 1, length => length < 1000 ? atShort : atLong)).OneTokenFrom);

    [Fact]
    public void Run_OnThisMachine_TimesBothForms()
    {
        KernelChoice choice = KernelProbe.Run(Shape, new OnnxKernelTimer(TimeProvider.System));
        Assert.InRange(choice.PromptRatio, 1e-3, 1e3);
        Assert.InRange(choice.TokenRatio, 1e-3, 1e3);
        Assert.NotNull(choice.Notice);
    }

    [Fact]
    public void Find_WhatWasKept_IsFoundUnderItsKeyAlone()
    {
        KernelChoiceCache cache = new(_folder.FolderPath);
        (KernelChoice first, KernelChoice second) = (new(WeightPrecision.Int8Rows, 512, 2.5, .75), new(WeightPrecision.Int8, int.MaxValue, 1.1, 1));
        cache.Keep("one", first);
        cache.Keep("two", second);
        Assert.Equal(first, new KernelChoiceCache(_folder.FolderPath).Find("one"));
        Assert.Equal(second, cache.Find("two"));
        Assert.Null(cache.Find("three"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[1]")]
    [InlineData("{\"one\": 3}")]
    [InlineData("{\"one\": {\"weights\": \"Single\", \"one_token_from\": 1, \"prompt_ratio\": 1, \"token_ratio\": 1}}")]
    [InlineData("{\"one\": {\"weights\": \"Int8\", \"one_token_from\": -1, \"prompt_ratio\": 1, \"token_ratio\": 1}}")]
    [InlineData("{\"one\": {\"weights\": \"Int8\", \"one_token_from\": 1e99, \"prompt_ratio\": 1, \"token_ratio\": 1}}")]
    [InlineData("{\"one\": {\"weights\": 4, \"one_token_from\": 1, \"prompt_ratio\": \"x\", \"token_ratio\": 1}}")]
    [InlineData("{\"one\": {\"weights\": \"Int8\", \"one_token_from\": 1}, \"one\": 2}")]
    [InlineData("{\"one\": {\"weights\": \"Int8\", \"weights\": \"Int8\"}}")]
    public void Find_DamagedOrForeignFile_IsNotFoundAndReplaced(string content)
    {
        File.WriteAllText(_folder.File("rag-kernels.json"), content);
        KernelChoiceCache cache = new(_folder.FolderPath);
        Assert.Null(cache.Find("one"));
        KernelChoice choice = new(WeightPrecision.Int8, 512, 1, 1);
        cache.Keep("one", choice);
        Assert.Equal(choice, cache.Find("one"));
    }

    [Fact]
    public void Load_ChoiceLeftOpen_IsTimedOnceAndRemembered()
    {
        ModelFolder folder = ModelFolder.Open(SharedData.Require("fixtures", "models", "llama_gqa"));
        ScriptedKernelTimer timer = new(3, 1, _ => 1);
        RuntimeOptions options = new() { Threads = 1, Weights = WeightPrecision.Auto, CacheDirectory = _folder.FolderPath, KernelTimer = timer };
        using (OnnxDecoderModel first = OnnxDecoderModel.Load(folder, options))
        {
            Assert.Equal(WeightPrecision.Int8, first.Weights);
            Assert.Contains("3.0 times", first.KernelsNotice, StringComparison.Ordinal);
            Assert.Contains("Int8Rows takes rows", first.KernelsNotice, StringComparison.Ordinal);
        }

        int calls = timer.Calls;
        using OnnxDecoderModel second = OnnxDecoderModel.Load(folder, options);
        Assert.Equal((WeightPrecision.Int8, calls), (second.Weights, timer.Calls));
    }

    [Theory]
    [InlineData(WeightPrecision.Int8)]
    [InlineData(WeightPrecision.Int4)]
    [InlineData(WeightPrecision.Single)]
    public void Load_ChoiceMade_IsNeverChanged(WeightPrecision asked)
    {
        ModelFolder folder = ModelFolder.Open(SharedData.Require("fixtures", "models", "llama_gqa"));
        RuntimeOptions options = new() { Threads = 1, Weights = asked, CacheDirectory = _folder.FolderPath, KernelTimer = new ScriptedKernelTimer(9, 9, _ => 9) };
        using OnnxDecoderModel model = OnnxDecoderModel.Load(folder, options);
        Assert.Equal(asked, model.Weights);
    }

    [Fact]
    public void Load_ProbeSwitchedOff_TimesNothing()
    {
        ModelFolder folder = ModelFolder.Open(SharedData.Require("fixtures", "models", "llama_gqa"));
        ScriptedKernelTimer timer = new(3, 1, _ => 1);
        RuntimeOptions options = new() { Threads = 1, Weights = WeightPrecision.Auto, CacheDirectory = _folder.FolderPath, KernelTimer = timer, ProbeKernels = false };
        using OnnxDecoderModel model = OnnxDecoderModel.Load(folder, options);
        Assert.Equal((WeightPrecision.Int8, 0, null), (model.Weights, timer.Calls, model.KernelsNotice));
    }
}
