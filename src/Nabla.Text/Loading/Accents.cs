using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Nabla.Text;

/// <summary>Takes accents off letters.</summary>
internal static class Accents
{
    // Latin letters with accents by what they are without, for runtimes that cannot decompose: canonical decompositions of Unicode.
    private static readonly FrozenDictionary<char, char> Letters = new[]
    {
        "AÀÁÂÃÄÅĀĂĄǍḀẠẢẤẦẨẪẬẮẰẲẴẶ",
        "BḂḄḆ",
        "CÇĆĈĊČḈ",
        "DĎḊḌḎḐḒ",
        "EÈÉÊËĒĔĖĘĚḔḖḘḚḜẸẺẼẾỀỂỄỆ",
        "FḞ",
        "GĜĞĠĢḠ",
        "HĤḢḤḦḨḪ",
        "IÌÍÎÏĨĪĬĮİǏḬḮỈỊ",
        "JĴ",
        "KĶḰḲḴ",
        "LĹĻĽḶḸḺḼ",
        "MḾṀṂ",
        "NÑŃŅŇṄṆṈṊ",
        "OÒÓÔÕÖŌŎŐƠǑṌṎṐṒỌỎỐỒỔỖỘỚỜỞỠỢ",
        "PṔṖ",
        "RŔŖŘṘṚṜṞ",
        "SŚŜŞŠȘṠṢṤṦṨ",
        "TŢŤȚṪṬṮṰ",
        "UÙÚÛÜŨŪŬŮŰŲƯǓǕǗǙǛṲṴṶṸṺỤỦỨỪỬỮỰ",
        "VṼṾ",
        "WŴẀẂẄẆẈ",
        "XẊẌ",
        "YÝŶŸẎỲỴỶỸ",
        "ZŹŻŽẐẒẔ",
        "aàáâãäåāăąǎḁạảấầẩẫậắằẳẵặ",
        "bḃḅḇ",
        "cçćĉċčḉ",
        "dďḋḍḏḑḓ",
        "eèéêëēĕėęěḕḗḙḛḝẹẻẽếềểễệ",
        "fḟ",
        "gĝğġģḡ",
        "hĥḣḥḧḩḫẖ",
        "iìíîïĩīĭįǐḭḯỉị",
        "jĵ",
        "kķḱḳḵ",
        "lĺļľḷḹḻḽ",
        "mḿṁṃ",
        "nñńņňṅṇṉṋ",
        "oòóôõöōŏőơǒṍṏṑṓọỏốồổỗộớờởỡợ",
        "pṕṗ",
        "rŕŗřṙṛṝṟ",
        "sśŝşšșṡṣṥṧṩ",
        "tţťțṫṭṯṱẗ",
        "uùúûüũūŭůűųưǔǖǘǚǜṳṵṷṹṻụủứừửữự",
        "vṽṿ",
        "wŵẁẃẅẇẉẘ",
        "xẋẍ",
        "yýÿŷẏẙỳỵỷỹ",
        "zźżžẑẓẕ",
    }.SelectMany(group => group[1..].Select(letter => KeyValuePair.Create(letter, group[0]))).ToFrozenDictionary();

    /// <summary>The text without accents, whether they are characters of their own or parts of letters.</summary>
    public static string Remove(string text)
    {
        StringBuilder plain = new(text.Length);
        foreach (Rune rune in text.Normalize(NormalizationForm.FormD).EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark)
            {
                plain.Append(rune.IsBmp && Letters.TryGetValue((char)rune.Value, out char letter) ? letter.ToString() : rune.ToString());
            }
        }

        return plain.ToString();
    }
}
