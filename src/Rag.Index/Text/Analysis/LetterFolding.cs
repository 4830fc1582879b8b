namespace Rag.Index.Text;

/// <summary>
/// Lower case and base letters: what writes the same word with and without marks becomes one spelling. Rows follow the canonical
/// decompositions of the Unicode Character Database for Latin, Greek and Cyrillic letters; letters with a stroke go to their
/// base. Combining marks are dropped elsewhere, so that composed and decomposed text agree.
/// </summary>
internal static class LetterFolding
{
    private const int TableLength = 0x2000;

    private static readonly string[] Rows =
    [
        "aàáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặª", "bḃḅḇ", "cçćĉċčḉ", "dðďđḋḍḏḑḓ", "eèéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ", "fḟ", "gĝğġģǧǵḡ", "hĥħȟḣḥḧḩḫẖ",
        "iìíîïĩīĭįİıǐȉȋḭḯỉị", "jĵǰ", "kķǩḱḳḵ", "lĺļľŀłḷḹḻḽ", "mḿṁṃ", "nñńņňǹṅṇṉṋ", "oòóôõöøōŏőơǒǫǭǿȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợº", "pṕṗ",
        "rŕŗřȑȓṙṛṝṟ", "sśŝşšſșṡṣṥṧṩẛ", "tţťŧțṫṭṯṱẗ", "uùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự", "vṽṿ", "wŵẁẃẅẇẉẘ", "xẋẍ", "yýÿŷȳẏẙỳỵỷỹ", "zźżžẑẓẕ",
        "αάἀἁἂἃἄἅἆἇὰάᾀᾁᾂᾃᾄᾅᾆᾇᾰᾱᾲᾳᾴᾶᾷ", "εέἐἑἒἓἔἕὲέ", "ηήἠἡἢἣἤἥἦἧὴήᾐᾑᾒᾓᾔᾕᾖᾗῂῃῄῆῇ", "ιΐίϊἰἱἲἳἴἵἶἷὶίιῐῑῒΐῖῗ", "οόὀὁὂὃὄὅὸό", "ρῤῥ", "σς",
        "υΰϋύὐὑὒὓὔὕὖὗὺύῠῡῢΰῦῧ", "ωώὠὡὢὣὤὥὦὧὼώᾠᾡᾢᾣᾤᾥᾦᾧῲῳῴῶῷ", "аӑӓ", "гѓ", "еѐёӗ", "жӂӝ", "зӟ", "ийѝӣӥ", "кќ", "оӧ", "уўӯӱӳ", "чӵ", "ыӹ", "эӭ", "ії",
        "1¹", "2²", "3³",
    ];

    private static readonly char[] Table = Build();

    /// <summary>The folded form of one BMP character.</summary>
    public static char Fold(char character) => character < TableLength ? Table[character] : char.ToLowerInvariant(character);

    /// <summary>The letters that one character stands for where these are more than one; otherwise empty.</summary>
    public static string Expand(char character) => character switch
    {
        'ß' or 'ẞ' => "ss",
        'æ' or 'Æ' => "ae",
        'œ' or 'Œ' => "oe",
        'þ' or 'Þ' => "th",
        '\uFB00' => "ff",
        '\uFB01' => "fi",
        '\uFB02' => "fl",
        '\uFB03' => "ffi",
        '\uFB04' => "ffl",
        '\uFB05' or '\uFB06' => "st",
        _ => "",
    };

    private static char[] Build()
    {
        char[] table = new char[TableLength];
        for (int i = 0; i < table.Length; i++)
        {
            table[i] = char.ToLowerInvariant((char)i);
        }

        foreach (string row in Rows)
        {
            foreach (char variant in row.AsSpan(1))
            {
                table[variant] = row[0];
            }
        }

        // Capitals follow their small letters.
        for (int i = 0; i < table.Length; i++)
        {
            char lower = char.ToLowerInvariant((char)i);
            if (lower != i && lower < table.Length)
            {
                table[i] = table[lower];
            }
        }

        table['İ'] = 'i';
        return table;
    }
}
