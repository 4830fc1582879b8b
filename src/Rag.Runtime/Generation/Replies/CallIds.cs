namespace Rag.Runtime.Generation.Replies;

/// <summary>Names for calls that a model gave none: nine letters and digits, the one form that every template takes. Thread-safe.</summary>
internal sealed class CallIds
{
    private long _calls;

    public string Next()
    {
        Span<char> id = ['c', 'a', 'l', 'l', '0', '0', '0', '0', '0'];
        long number = Interlocked.Increment(ref _calls);
        for (int i = id.Length - 1; i >= 4; i--, number /= 36)
        {
            id[i] = "0123456789abcdefghijklmnopqrstuvwxyz"[(int)(number % 36)];
        }

        return new string(id);
    }
}
