using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Rag.Benchmarks.LlamaCpp.GenAi;

/// <summary>The functions of onnxruntime-genai's C interface (ort_genai_c.h) that one greedy sequence needs.</summary>
internal static class GenAiLibrary
{
    private const string Name = "onnxruntime-genai";

    /// <summary>Loads the library; it finds the ONNX Runtime that this process has loaded before.</summary>
    public static void Load(string path)
    {
        _ = OrtEnv.Instance();
        nint handle = NativeLibrary.Load(path);
        NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), (name, _, _) => name == Name ? handle : 0);
    }

    /// <summary>Fails with the library's own words.</summary>
    public static void Check(nint result)
    {
        if (result != 0)
        {
            string message = Marshal.PtrToStringUTF8(OgaResultGetError(result)) ?? "";
            OgaDestroyResult(result);
            throw new InvalidOperationException($"onnxruntime-genai: {message}");
        }
    }

    [DllImport(Name)]
    public static extern nint OgaCreateModel([MarshalAs(UnmanagedType.LPUTF8Str)] string path, out nint model);

    [DllImport(Name)]
    public static extern void OgaDestroyModel(nint model);

    [DllImport(Name)]
    public static extern nint OgaCreateGeneratorParams(nint model, out nint parameters);

    [DllImport(Name)]
    public static extern void OgaDestroyGeneratorParams(nint parameters);

    [DllImport(Name)]
    public static extern nint OgaCreateGenerator(nint model, nint parameters, out nint generator);

    [DllImport(Name)]
    public static extern void OgaDestroyGenerator(nint generator);

    [DllImport(Name)]
    public static extern nint OgaGenerator_AppendTokens(nint generator, int[] tokens, nuint count);

    [DllImport(Name)]
    public static extern nint OgaGenerator_GenerateNextToken(nint generator);

    [DllImport(Name)]
    public static extern nint OgaGenerator_RewindTo(nint generator, nuint length);

    [DllImport(Name)]
    public static extern nuint OgaGenerator_TokenCount(nint generator);

    [DllImport(Name)]
    private static extern nint OgaResultGetError(nint result);

    [DllImport(Name)]
    private static extern void OgaDestroyResult(nint result);
}
