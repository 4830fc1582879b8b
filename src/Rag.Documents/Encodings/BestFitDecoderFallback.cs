using System.Text;

namespace Rag.Documents;

/// <summary>
/// U+FFFD for bytes that an encoding does not know, but not for those that it knows in one direction only: Shift-JIS has two codes
/// for some four hundred characters (髙 among them), of which .NET takes one for an error as soon as its own fallback is replaced.
/// </summary>
internal sealed class BestFitDecoderFallback(Encoding encoding) : DecoderFallback
{
    public override int MaxCharCount => 1;

    public override DecoderFallbackBuffer CreateFallbackBuffer() => new Buffer(encoding);

    private sealed class Buffer(Encoding encoding) : DecoderFallbackBuffer
    {
        private char _next;

        public override int Remaining => _next == '\0' ? 0 : 1;

        public override bool Fallback(byte[] bytesUnknown, int index)
        {
            string known = bytesUnknown.Length == 2 ? encoding.GetString(bytesUnknown) : "";
            _next = known.Length == 1 && known[0] is not ('\u30FB' or '?') ? known[0] : '\uFFFD';
            return true;
        }

        public override char GetNextChar()
        {
            char next = _next;
            _next = '\0';
            return next;
        }

        public override bool MovePrevious() => false;

        public override void Reset() => _next = '\0';
    }
}
