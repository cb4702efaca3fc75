//! Written by recipes/open/letters.py; not to be edited.
//!
//! Unicode 14.0.0.

/// Marks without a place of their own (Mn).
pub const MARKS: [(u32, u32); 336] = [
    (0x300, 0x36f),
    (0x483, 0x487),
    (0x591, 0x5bd),
    (0x5bf, 0x5bf),
    (0x5c1, 0x5c2),
    (0x5c4, 0x5c5),
    (0x5c7, 0x5c7),
    (0x610, 0x61a),
    (0x64b, 0x65f),
    (0x670, 0x670),
    (0x6d6, 0x6dc),
    (0x6df, 0x6e4),
    (0x6e7, 0x6e8),
    (0x6ea, 0x6ed),
    (0x711, 0x711),
    (0x730, 0x74a),
    (0x7a6, 0x7b0),
    (0x7eb, 0x7f3),
    (0x7fd, 0x7fd),
    (0x816, 0x819),
    (0x81b, 0x823),
    (0x825, 0x827),
    (0x829, 0x82d),
    (0x859, 0x85b),
    (0x898, 0x89f),
    (0x8ca, 0x8e1),
    (0x8e3, 0x902),
    (0x93a, 0x93a),
    (0x93c, 0x93c),
    (0x941, 0x948),
    (0x94d, 0x94d),
    (0x951, 0x957),
    (0x962, 0x963),
    (0x981, 0x981),
    (0x9bc, 0x9bc),
    (0x9c1, 0x9c4),
    (0x9cd, 0x9cd),
    (0x9e2, 0x9e3),
    (0x9fe, 0x9fe),
    (0xa01, 0xa02),
    (0xa3c, 0xa3c),
    (0xa41, 0xa42),
    (0xa47, 0xa48),
    (0xa4b, 0xa4d),
    (0xa51, 0xa51),
    (0xa70, 0xa71),
    (0xa75, 0xa75),
    (0xa81, 0xa82),
    (0xabc, 0xabc),
    (0xac1, 0xac5),
    (0xac7, 0xac8),
    (0xacd, 0xacd),
    (0xae2, 0xae3),
    (0xafa, 0xaff),
    (0xb01, 0xb01),
    (0xb3c, 0xb3c),
    (0xb3f, 0xb3f),
    (0xb41, 0xb44),
    (0xb4d, 0xb4d),
    (0xb55, 0xb56),
    (0xb62, 0xb63),
    (0xb82, 0xb82),
    (0xbc0, 0xbc0),
    (0xbcd, 0xbcd),
    (0xc00, 0xc00),
    (0xc04, 0xc04),
    (0xc3c, 0xc3c),
    (0xc3e, 0xc40),
    (0xc46, 0xc48),
    (0xc4a, 0xc4d),
    (0xc55, 0xc56),
    (0xc62, 0xc63),
    (0xc81, 0xc81),
    (0xcbc, 0xcbc),
    (0xcbf, 0xcbf),
    (0xcc6, 0xcc6),
    (0xccc, 0xccd),
    (0xce2, 0xce3),
    (0xd00, 0xd01),
    (0xd3b, 0xd3c),
    (0xd41, 0xd44),
    (0xd4d, 0xd4d),
    (0xd62, 0xd63),
    (0xd81, 0xd81),
    (0xdca, 0xdca),
    (0xdd2, 0xdd4),
    (0xdd6, 0xdd6),
    (0xe31, 0xe31),
    (0xe34, 0xe3a),
    (0xe47, 0xe4e),
    (0xeb1, 0xeb1),
    (0xeb4, 0xebc),
    (0xec8, 0xecd),
    (0xf18, 0xf19),
    (0xf35, 0xf35),
    (0xf37, 0xf37),
    (0xf39, 0xf39),
    (0xf71, 0xf7e),
    (0xf80, 0xf84),
    (0xf86, 0xf87),
    (0xf8d, 0xf97),
    (0xf99, 0xfbc),
    (0xfc6, 0xfc6),
    (0x102d, 0x1030),
    (0x1032, 0x1037),
    (0x1039, 0x103a),
    (0x103d, 0x103e),
    (0x1058, 0x1059),
    (0x105e, 0x1060),
    (0x1071, 0x1074),
    (0x1082, 0x1082),
    (0x1085, 0x1086),
    (0x108d, 0x108d),
    (0x109d, 0x109d),
    (0x135d, 0x135f),
    (0x1712, 0x1714),
    (0x1732, 0x1733),
    (0x1752, 0x1753),
    (0x1772, 0x1773),
    (0x17b4, 0x17b5),
    (0x17b7, 0x17bd),
    (0x17c6, 0x17c6),
    (0x17c9, 0x17d3),
    (0x17dd, 0x17dd),
    (0x180b, 0x180d),
    (0x180f, 0x180f),
    (0x1885, 0x1886),
    (0x18a9, 0x18a9),
    (0x1920, 0x1922),
    (0x1927, 0x1928),
    (0x1932, 0x1932),
    (0x1939, 0x193b),
    (0x1a17, 0x1a18),
    (0x1a1b, 0x1a1b),
    (0x1a56, 0x1a56),
    (0x1a58, 0x1a5e),
    (0x1a60, 0x1a60),
    (0x1a62, 0x1a62),
    (0x1a65, 0x1a6c),
    (0x1a73, 0x1a7c),
    (0x1a7f, 0x1a7f),
    (0x1ab0, 0x1abd),
    (0x1abf, 0x1ace),
    (0x1b00, 0x1b03),
    (0x1b34, 0x1b34),
    (0x1b36, 0x1b3a),
    (0x1b3c, 0x1b3c),
    (0x1b42, 0x1b42),
    (0x1b6b, 0x1b73),
    (0x1b80, 0x1b81),
    (0x1ba2, 0x1ba5),
    (0x1ba8, 0x1ba9),
    (0x1bab, 0x1bad),
    (0x1be6, 0x1be6),
    (0x1be8, 0x1be9),
    (0x1bed, 0x1bed),
    (0x1bef, 0x1bf1),
    (0x1c2c, 0x1c33),
    (0x1c36, 0x1c37),
    (0x1cd0, 0x1cd2),
    (0x1cd4, 0x1ce0),
    (0x1ce2, 0x1ce8),
    (0x1ced, 0x1ced),
    (0x1cf4, 0x1cf4),
    (0x1cf8, 0x1cf9),
    (0x1dc0, 0x1dff),
    (0x20d0, 0x20dc),
    (0x20e1, 0x20e1),
    (0x20e5, 0x20f0),
    (0x2cef, 0x2cf1),
    (0x2d7f, 0x2d7f),
    (0x2de0, 0x2dff),
    (0x302a, 0x302d),
    (0x3099, 0x309a),
    (0xa66f, 0xa66f),
    (0xa674, 0xa67d),
    (0xa69e, 0xa69f),
    (0xa6f0, 0xa6f1),
    (0xa802, 0xa802),
    (0xa806, 0xa806),
    (0xa80b, 0xa80b),
    (0xa825, 0xa826),
    (0xa82c, 0xa82c),
    (0xa8c4, 0xa8c5),
    (0xa8e0, 0xa8f1),
    (0xa8ff, 0xa8ff),
    (0xa926, 0xa92d),
    (0xa947, 0xa951),
    (0xa980, 0xa982),
    (0xa9b3, 0xa9b3),
    (0xa9b6, 0xa9b9),
    (0xa9bc, 0xa9bd),
    (0xa9e5, 0xa9e5),
    (0xaa29, 0xaa2e),
    (0xaa31, 0xaa32),
    (0xaa35, 0xaa36),
    (0xaa43, 0xaa43),
    (0xaa4c, 0xaa4c),
    (0xaa7c, 0xaa7c),
    (0xaab0, 0xaab0),
    (0xaab2, 0xaab4),
    (0xaab7, 0xaab8),
    (0xaabe, 0xaabf),
    (0xaac1, 0xaac1),
    (0xaaec, 0xaaed),
    (0xaaf6, 0xaaf6),
    (0xabe5, 0xabe5),
    (0xabe8, 0xabe8),
    (0xabed, 0xabed),
    (0xfb1e, 0xfb1e),
    (0xfe00, 0xfe0f),
    (0xfe20, 0xfe2f),
    (0x101fd, 0x101fd),
    (0x102e0, 0x102e0),
    (0x10376, 0x1037a),
    (0x10a01, 0x10a03),
    (0x10a05, 0x10a06),
    (0x10a0c, 0x10a0f),
    (0x10a38, 0x10a3a),
    (0x10a3f, 0x10a3f),
    (0x10ae5, 0x10ae6),
    (0x10d24, 0x10d27),
    (0x10eab, 0x10eac),
    (0x10f46, 0x10f50),
    (0x10f82, 0x10f85),
    (0x11001, 0x11001),
    (0x11038, 0x11046),
    (0x11070, 0x11070),
    (0x11073, 0x11074),
    (0x1107f, 0x11081),
    (0x110b3, 0x110b6),
    (0x110b9, 0x110ba),
    (0x110c2, 0x110c2),
    (0x11100, 0x11102),
    (0x11127, 0x1112b),
    (0x1112d, 0x11134),
    (0x11173, 0x11173),
    (0x11180, 0x11181),
    (0x111b6, 0x111be),
    (0x111c9, 0x111cc),
    (0x111cf, 0x111cf),
    (0x1122f, 0x11231),
    (0x11234, 0x11234),
    (0x11236, 0x11237),
    (0x1123e, 0x1123e),
    (0x112df, 0x112df),
    (0x112e3, 0x112ea),
    (0x11300, 0x11301),
    (0x1133b, 0x1133c),
    (0x11340, 0x11340),
    (0x11366, 0x1136c),
    (0x11370, 0x11374),
    (0x11438, 0x1143f),
    (0x11442, 0x11444),
    (0x11446, 0x11446),
    (0x1145e, 0x1145e),
    (0x114b3, 0x114b8),
    (0x114ba, 0x114ba),
    (0x114bf, 0x114c0),
    (0x114c2, 0x114c3),
    (0x115b2, 0x115b5),
    (0x115bc, 0x115bd),
    (0x115bf, 0x115c0),
    (0x115dc, 0x115dd),
    (0x11633, 0x1163a),
    (0x1163d, 0x1163d),
    (0x1163f, 0x11640),
    (0x116ab, 0x116ab),
    (0x116ad, 0x116ad),
    (0x116b0, 0x116b5),
    (0x116b7, 0x116b7),
    (0x1171d, 0x1171f),
    (0x11722, 0x11725),
    (0x11727, 0x1172b),
    (0x1182f, 0x11837),
    (0x11839, 0x1183a),
    (0x1193b, 0x1193c),
    (0x1193e, 0x1193e),
    (0x11943, 0x11943),
    (0x119d4, 0x119d7),
    (0x119da, 0x119db),
    (0x119e0, 0x119e0),
    (0x11a01, 0x11a0a),
    (0x11a33, 0x11a38),
    (0x11a3b, 0x11a3e),
    (0x11a47, 0x11a47),
    (0x11a51, 0x11a56),
    (0x11a59, 0x11a5b),
    (0x11a8a, 0x11a96),
    (0x11a98, 0x11a99),
    (0x11c30, 0x11c36),
    (0x11c38, 0x11c3d),
    (0x11c3f, 0x11c3f),
    (0x11c92, 0x11ca7),
    (0x11caa, 0x11cb0),
    (0x11cb2, 0x11cb3),
    (0x11cb5, 0x11cb6),
    (0x11d31, 0x11d36),
    (0x11d3a, 0x11d3a),
    (0x11d3c, 0x11d3d),
    (0x11d3f, 0x11d45),
    (0x11d47, 0x11d47),
    (0x11d90, 0x11d91),
    (0x11d95, 0x11d95),
    (0x11d97, 0x11d97),
    (0x11ef3, 0x11ef4),
    (0x16af0, 0x16af4),
    (0x16b30, 0x16b36),
    (0x16f4f, 0x16f4f),
    (0x16f8f, 0x16f92),
    (0x16fe4, 0x16fe4),
    (0x1bc9d, 0x1bc9e),
    (0x1cf00, 0x1cf2d),
    (0x1cf30, 0x1cf46),
    (0x1d167, 0x1d169),
    (0x1d17b, 0x1d182),
    (0x1d185, 0x1d18b),
    (0x1d1aa, 0x1d1ad),
    (0x1d242, 0x1d244),
    (0x1da00, 0x1da36),
    (0x1da3b, 0x1da6c),
    (0x1da75, 0x1da75),
    (0x1da84, 0x1da84),
    (0x1da9b, 0x1da9f),
    (0x1daa1, 0x1daaf),
    (0x1e000, 0x1e006),
    (0x1e008, 0x1e018),
    (0x1e01b, 0x1e021),
    (0x1e023, 0x1e024),
    (0x1e026, 0x1e02a),
    (0x1e130, 0x1e136),
    (0x1e2ae, 0x1e2ae),
    (0x1e2ec, 0x1e2ef),
    (0x1e8d0, 0x1e8d6),
    (0x1e944, 0x1e94a),
    (0xe0100, 0xe01ef),
];

/// Other marks (Mc, Me).
pub const OTHER_MARKS: [(u32, u32); 182] = [
    (0x488, 0x489),
    (0x903, 0x903),
    (0x93b, 0x93b),
    (0x93e, 0x940),
    (0x949, 0x94c),
    (0x94e, 0x94f),
    (0x982, 0x983),
    (0x9be, 0x9c0),
    (0x9c7, 0x9c8),
    (0x9cb, 0x9cc),
    (0x9d7, 0x9d7),
    (0xa03, 0xa03),
    (0xa3e, 0xa40),
    (0xa83, 0xa83),
    (0xabe, 0xac0),
    (0xac9, 0xac9),
    (0xacb, 0xacc),
    (0xb02, 0xb03),
    (0xb3e, 0xb3e),
    (0xb40, 0xb40),
    (0xb47, 0xb48),
    (0xb4b, 0xb4c),
    (0xb57, 0xb57),
    (0xbbe, 0xbbf),
    (0xbc1, 0xbc2),
    (0xbc6, 0xbc8),
    (0xbca, 0xbcc),
    (0xbd7, 0xbd7),
    (0xc01, 0xc03),
    (0xc41, 0xc44),
    (0xc82, 0xc83),
    (0xcbe, 0xcbe),
    (0xcc0, 0xcc4),
    (0xcc7, 0xcc8),
    (0xcca, 0xccb),
    (0xcd5, 0xcd6),
    (0xd02, 0xd03),
    (0xd3e, 0xd40),
    (0xd46, 0xd48),
    (0xd4a, 0xd4c),
    (0xd57, 0xd57),
    (0xd82, 0xd83),
    (0xdcf, 0xdd1),
    (0xdd8, 0xddf),
    (0xdf2, 0xdf3),
    (0xf3e, 0xf3f),
    (0xf7f, 0xf7f),
    (0x102b, 0x102c),
    (0x1031, 0x1031),
    (0x1038, 0x1038),
    (0x103b, 0x103c),
    (0x1056, 0x1057),
    (0x1062, 0x1064),
    (0x1067, 0x106d),
    (0x1083, 0x1084),
    (0x1087, 0x108c),
    (0x108f, 0x108f),
    (0x109a, 0x109c),
    (0x1715, 0x1715),
    (0x1734, 0x1734),
    (0x17b6, 0x17b6),
    (0x17be, 0x17c5),
    (0x17c7, 0x17c8),
    (0x1923, 0x1926),
    (0x1929, 0x192b),
    (0x1930, 0x1931),
    (0x1933, 0x1938),
    (0x1a19, 0x1a1a),
    (0x1a55, 0x1a55),
    (0x1a57, 0x1a57),
    (0x1a61, 0x1a61),
    (0x1a63, 0x1a64),
    (0x1a6d, 0x1a72),
    (0x1abe, 0x1abe),
    (0x1b04, 0x1b04),
    (0x1b35, 0x1b35),
    (0x1b3b, 0x1b3b),
    (0x1b3d, 0x1b41),
    (0x1b43, 0x1b44),
    (0x1b82, 0x1b82),
    (0x1ba1, 0x1ba1),
    (0x1ba6, 0x1ba7),
    (0x1baa, 0x1baa),
    (0x1be7, 0x1be7),
    (0x1bea, 0x1bec),
    (0x1bee, 0x1bee),
    (0x1bf2, 0x1bf3),
    (0x1c24, 0x1c2b),
    (0x1c34, 0x1c35),
    (0x1ce1, 0x1ce1),
    (0x1cf7, 0x1cf7),
    (0x20dd, 0x20e0),
    (0x20e2, 0x20e4),
    (0x302e, 0x302f),
    (0xa670, 0xa672),
    (0xa823, 0xa824),
    (0xa827, 0xa827),
    (0xa880, 0xa881),
    (0xa8b4, 0xa8c3),
    (0xa952, 0xa953),
    (0xa983, 0xa983),
    (0xa9b4, 0xa9b5),
    (0xa9ba, 0xa9bb),
    (0xa9be, 0xa9c0),
    (0xaa2f, 0xaa30),
    (0xaa33, 0xaa34),
    (0xaa4d, 0xaa4d),
    (0xaa7b, 0xaa7b),
    (0xaa7d, 0xaa7d),
    (0xaaeb, 0xaaeb),
    (0xaaee, 0xaaef),
    (0xaaf5, 0xaaf5),
    (0xabe3, 0xabe4),
    (0xabe6, 0xabe7),
    (0xabe9, 0xabea),
    (0xabec, 0xabec),
    (0x11000, 0x11000),
    (0x11002, 0x11002),
    (0x11082, 0x11082),
    (0x110b0, 0x110b2),
    (0x110b7, 0x110b8),
    (0x1112c, 0x1112c),
    (0x11145, 0x11146),
    (0x11182, 0x11182),
    (0x111b3, 0x111b5),
    (0x111bf, 0x111c0),
    (0x111ce, 0x111ce),
    (0x1122c, 0x1122e),
    (0x11232, 0x11233),
    (0x11235, 0x11235),
    (0x112e0, 0x112e2),
    (0x11302, 0x11303),
    (0x1133e, 0x1133f),
    (0x11341, 0x11344),
    (0x11347, 0x11348),
    (0x1134b, 0x1134d),
    (0x11357, 0x11357),
    (0x11362, 0x11363),
    (0x11435, 0x11437),
    (0x11440, 0x11441),
    (0x11445, 0x11445),
    (0x114b0, 0x114b2),
    (0x114b9, 0x114b9),
    (0x114bb, 0x114be),
    (0x114c1, 0x114c1),
    (0x115af, 0x115b1),
    (0x115b8, 0x115bb),
    (0x115be, 0x115be),
    (0x11630, 0x11632),
    (0x1163b, 0x1163c),
    (0x1163e, 0x1163e),
    (0x116ac, 0x116ac),
    (0x116ae, 0x116af),
    (0x116b6, 0x116b6),
    (0x11720, 0x11721),
    (0x11726, 0x11726),
    (0x1182c, 0x1182e),
    (0x11838, 0x11838),
    (0x11930, 0x11935),
    (0x11937, 0x11938),
    (0x1193d, 0x1193d),
    (0x11940, 0x11940),
    (0x11942, 0x11942),
    (0x119d1, 0x119d3),
    (0x119dc, 0x119df),
    (0x119e4, 0x119e4),
    (0x11a39, 0x11a39),
    (0x11a57, 0x11a58),
    (0x11a97, 0x11a97),
    (0x11c2f, 0x11c2f),
    (0x11c3e, 0x11c3e),
    (0x11ca9, 0x11ca9),
    (0x11cb1, 0x11cb1),
    (0x11cb4, 0x11cb4),
    (0x11d8a, 0x11d8e),
    (0x11d93, 0x11d94),
    (0x11d96, 0x11d96),
    (0x11ef5, 0x11ef6),
    (0x16f51, 0x16f87),
    (0x16ff0, 0x16ff1),
    (0x1d165, 0x1d166),
    (0x1d16d, 0x1d172),
];

/// Punctuation (P).
pub const PUNCTUATION: [(u32, u32); 189] = [
    (0x21, 0x23),
    (0x25, 0x2a),
    (0x2c, 0x2f),
    (0x3a, 0x3b),
    (0x3f, 0x40),
    (0x5b, 0x5d),
    (0x5f, 0x5f),
    (0x7b, 0x7b),
    (0x7d, 0x7d),
    (0xa1, 0xa1),
    (0xa7, 0xa7),
    (0xab, 0xab),
    (0xb6, 0xb7),
    (0xbb, 0xbb),
    (0xbf, 0xbf),
    (0x37e, 0x37e),
    (0x387, 0x387),
    (0x55a, 0x55f),
    (0x589, 0x58a),
    (0x5be, 0x5be),
    (0x5c0, 0x5c0),
    (0x5c3, 0x5c3),
    (0x5c6, 0x5c6),
    (0x5f3, 0x5f4),
    (0x609, 0x60a),
    (0x60c, 0x60d),
    (0x61b, 0x61b),
    (0x61d, 0x61f),
    (0x66a, 0x66d),
    (0x6d4, 0x6d4),
    (0x700, 0x70d),
    (0x7f7, 0x7f9),
    (0x830, 0x83e),
    (0x85e, 0x85e),
    (0x964, 0x965),
    (0x970, 0x970),
    (0x9fd, 0x9fd),
    (0xa76, 0xa76),
    (0xaf0, 0xaf0),
    (0xc77, 0xc77),
    (0xc84, 0xc84),
    (0xdf4, 0xdf4),
    (0xe4f, 0xe4f),
    (0xe5a, 0xe5b),
    (0xf04, 0xf12),
    (0xf14, 0xf14),
    (0xf3a, 0xf3d),
    (0xf85, 0xf85),
    (0xfd0, 0xfd4),
    (0xfd9, 0xfda),
    (0x104a, 0x104f),
    (0x10fb, 0x10fb),
    (0x1360, 0x1368),
    (0x1400, 0x1400),
    (0x166e, 0x166e),
    (0x169b, 0x169c),
    (0x16eb, 0x16ed),
    (0x1735, 0x1736),
    (0x17d4, 0x17d6),
    (0x17d8, 0x17da),
    (0x1800, 0x180a),
    (0x1944, 0x1945),
    (0x1a1e, 0x1a1f),
    (0x1aa0, 0x1aa6),
    (0x1aa8, 0x1aad),
    (0x1b5a, 0x1b60),
    (0x1b7d, 0x1b7e),
    (0x1bfc, 0x1bff),
    (0x1c3b, 0x1c3f),
    (0x1c7e, 0x1c7f),
    (0x1cc0, 0x1cc7),
    (0x1cd3, 0x1cd3),
    (0x2010, 0x2027),
    (0x2030, 0x2043),
    (0x2045, 0x2051),
    (0x2053, 0x205e),
    (0x207d, 0x207e),
    (0x208d, 0x208e),
    (0x2308, 0x230b),
    (0x2329, 0x232a),
    (0x2768, 0x2775),
    (0x27c5, 0x27c6),
    (0x27e6, 0x27ef),
    (0x2983, 0x2998),
    (0x29d8, 0x29db),
    (0x29fc, 0x29fd),
    (0x2cf9, 0x2cfc),
    (0x2cfe, 0x2cff),
    (0x2d70, 0x2d70),
    (0x2e00, 0x2e2e),
    (0x2e30, 0x2e4f),
    (0x2e52, 0x2e5d),
    (0x3001, 0x3003),
    (0x3008, 0x3011),
    (0x3014, 0x301f),
    (0x3030, 0x3030),
    (0x303d, 0x303d),
    (0x30a0, 0x30a0),
    (0x30fb, 0x30fb),
    (0xa4fe, 0xa4ff),
    (0xa60d, 0xa60f),
    (0xa673, 0xa673),
    (0xa67e, 0xa67e),
    (0xa6f2, 0xa6f7),
    (0xa874, 0xa877),
    (0xa8ce, 0xa8cf),
    (0xa8f8, 0xa8fa),
    (0xa8fc, 0xa8fc),
    (0xa92e, 0xa92f),
    (0xa95f, 0xa95f),
    (0xa9c1, 0xa9cd),
    (0xa9de, 0xa9df),
    (0xaa5c, 0xaa5f),
    (0xaade, 0xaadf),
    (0xaaf0, 0xaaf1),
    (0xabeb, 0xabeb),
    (0xfd3e, 0xfd3f),
    (0xfe10, 0xfe19),
    (0xfe30, 0xfe52),
    (0xfe54, 0xfe61),
    (0xfe63, 0xfe63),
    (0xfe68, 0xfe68),
    (0xfe6a, 0xfe6b),
    (0xff01, 0xff03),
    (0xff05, 0xff0a),
    (0xff0c, 0xff0f),
    (0xff1a, 0xff1b),
    (0xff1f, 0xff20),
    (0xff3b, 0xff3d),
    (0xff3f, 0xff3f),
    (0xff5b, 0xff5b),
    (0xff5d, 0xff5d),
    (0xff5f, 0xff65),
    (0x10100, 0x10102),
    (0x1039f, 0x1039f),
    (0x103d0, 0x103d0),
    (0x1056f, 0x1056f),
    (0x10857, 0x10857),
    (0x1091f, 0x1091f),
    (0x1093f, 0x1093f),
    (0x10a50, 0x10a58),
    (0x10a7f, 0x10a7f),
    (0x10af0, 0x10af6),
    (0x10b39, 0x10b3f),
    (0x10b99, 0x10b9c),
    (0x10ead, 0x10ead),
    (0x10f55, 0x10f59),
    (0x10f86, 0x10f89),
    (0x11047, 0x1104d),
    (0x110bb, 0x110bc),
    (0x110be, 0x110c1),
    (0x11140, 0x11143),
    (0x11174, 0x11175),
    (0x111c5, 0x111c8),
    (0x111cd, 0x111cd),
    (0x111db, 0x111db),
    (0x111dd, 0x111df),
    (0x11238, 0x1123d),
    (0x112a9, 0x112a9),
    (0x1144b, 0x1144f),
    (0x1145a, 0x1145b),
    (0x1145d, 0x1145d),
    (0x114c6, 0x114c6),
    (0x115c1, 0x115d7),
    (0x11641, 0x11643),
    (0x11660, 0x1166c),
    (0x116b9, 0x116b9),
    (0x1173c, 0x1173e),
    (0x1183b, 0x1183b),
    (0x11944, 0x11946),
    (0x119e2, 0x119e2),
    (0x11a3f, 0x11a46),
    (0x11a9a, 0x11a9c),
    (0x11a9e, 0x11aa2),
    (0x11c41, 0x11c45),
    (0x11c70, 0x11c71),
    (0x11ef7, 0x11ef8),
    (0x11fff, 0x11fff),
    (0x12470, 0x12474),
    (0x12ff1, 0x12ff2),
    (0x16a6e, 0x16a6f),
    (0x16af5, 0x16af5),
    (0x16b37, 0x16b3b),
    (0x16b44, 0x16b44),
    (0x16e97, 0x16e9a),
    (0x16fe2, 0x16fe2),
    (0x1bc9f, 0x1bc9f),
    (0x1da87, 0x1da8b),
    (0x1e95e, 0x1e95f),
];

/// Characters that are not seen (Cf).
pub const FORMAT: [(u32, u32); 21] = [
    (0xad, 0xad),
    (0x600, 0x605),
    (0x61c, 0x61c),
    (0x6dd, 0x6dd),
    (0x70f, 0x70f),
    (0x890, 0x891),
    (0x8e2, 0x8e2),
    (0x180e, 0x180e),
    (0x200b, 0x200f),
    (0x202a, 0x202e),
    (0x2060, 0x2064),
    (0x2066, 0x206f),
    (0xfeff, 0xfeff),
    (0xfff9, 0xfffb),
    (0x110bd, 0x110bd),
    (0x110cd, 0x110cd),
    (0x13430, 0x13438),
    (0x1bca0, 0x1bca3),
    (0x1d173, 0x1d17a),
    (0xe0001, 0xe0001),
    (0xe0020, 0xe007f),
];

/// Characters with marks, each followed by itself without them.
pub const PLAIN: &str = "\
\u{c0}A\u{c1}A\u{c2}A\u{c3}A\u{c4}A\u{c5}A\u{c7}C\u{c8}E\u{c9}E\u{ca}E\u{cb}E\u{cc}I\u{cd}I\u{ce}I\u{cf}I\
\u{d1}N\u{d2}O\u{d3}O\u{d4}O\u{d5}O\u{d6}O\u{d9}U\u{da}U\u{db}U\u{dc}U\u{dd}Y\u{e0}a\u{e1}a\u{e2}a\u{e3}a\
\u{e4}a\u{e5}a\u{e7}c\u{e8}e\u{e9}e\u{ea}e\u{eb}e\u{ec}i\u{ed}i\u{ee}i\u{ef}i\u{f1}n\u{f2}o\u{f3}o\u{f4}o\
\u{f5}o\u{f6}o\u{f9}u\u{fa}u\u{fb}u\u{fc}u\u{fd}y\u{ff}y\u{100}A\u{101}a\u{102}A\u{103}a\u{104}A\u{105}a\
\u{106}C\u{107}c\u{108}C\u{109}c\u{10a}C\u{10b}c\u{10c}C\u{10d}c\u{10e}D\u{10f}d\u{112}E\u{113}e\u{114}E\
\u{115}e\u{116}E\u{117}e\u{118}E\u{119}e\u{11a}E\u{11b}e\u{11c}G\u{11d}g\u{11e}G\u{11f}g\u{120}G\u{121}g\
\u{122}G\u{123}g\u{124}H\u{125}h\u{128}I\u{129}i\u{12a}I\u{12b}i\u{12c}I\u{12d}i\u{12e}I\u{12f}i\u{130}I\
\u{134}J\u{135}j\u{136}K\u{137}k\u{139}L\u{13a}l\u{13b}L\u{13c}l\u{13d}L\u{13e}l\u{143}N\u{144}n\u{145}N\
\u{146}n\u{147}N\u{148}n\u{14c}O\u{14d}o\u{14e}O\u{14f}o\u{150}O\u{151}o\u{154}R\u{155}r\u{156}R\u{157}r\
\u{158}R\u{159}r\u{15a}S\u{15b}s\u{15c}S\u{15d}s\u{15e}S\u{15f}s\u{160}S\u{161}s\u{162}T\u{163}t\u{164}T\
\u{165}t\u{168}U\u{169}u\u{16a}U\u{16b}u\u{16c}U\u{16d}u\u{16e}U\u{16f}u\u{170}U\u{171}u\u{172}U\u{173}u\
\u{174}W\u{175}w\u{176}Y\u{177}y\u{178}Y\u{179}Z\u{17a}z\u{17b}Z\u{17c}z\u{17d}Z\u{17e}z\u{1a0}O\u{1a1}o\
\u{1af}U\u{1b0}u\u{1cd}A\u{1ce}a\u{1cf}I\u{1d0}i\u{1d1}O\u{1d2}o\u{1d3}U\u{1d4}u\u{1d5}U\u{1d6}u\u{1d7}U\
\u{1d8}u\u{1d9}U\u{1da}u\u{1db}U\u{1dc}u\u{1de}A\u{1df}a\u{1e0}A\u{1e1}a\u{1e2}\u{c6}\u{1e3}\u{e6}\u{1e6}G\
\u{1e7}g\u{1e8}K\u{1e9}k\u{1ea}O\u{1eb}o\u{1ec}O\u{1ed}o\u{1ee}\u{1b7}\u{1ef}\u{292}\u{1f0}j\u{1f4}G\u{1f5}g\
\u{1f8}N\u{1f9}n\u{1fa}A\u{1fb}a\u{1fc}\u{c6}\u{1fd}\u{e6}\u{1fe}\u{d8}\u{1ff}\u{f8}\u{200}A\u{201}a\u{202}A\
\u{203}a\u{204}E\u{205}e\u{206}E\u{207}e\u{208}I\u{209}i\u{20a}I\u{20b}i\u{20c}O\u{20d}o\u{20e}O\u{20f}o\
\u{210}R\u{211}r\u{212}R\u{213}r\u{214}U\u{215}u\u{216}U\u{217}u\u{218}S\u{219}s\u{21a}T\u{21b}t\u{21e}H\
\u{21f}h\u{226}A\u{227}a\u{228}E\u{229}e\u{22a}O\u{22b}o\u{22c}O\u{22d}o\u{22e}O\u{22f}o\u{230}O\u{231}o\
\u{232}Y\u{233}y\u{374}\u{2b9}\u{37e};\u{385}\u{a8}\u{386}\u{391}\u{387}\u{b7}\u{388}\u{395}\u{389}\u{397}\
\u{38a}\u{399}\u{38c}\u{39f}\u{38e}\u{3a5}\u{38f}\u{3a9}\u{390}\u{3b9}\u{3aa}\u{399}\u{3ab}\u{3a5}\u{3ac}\
\u{3b1}\u{3ad}\u{3b5}\u{3ae}\u{3b7}\u{3af}\u{3b9}\u{3b0}\u{3c5}\u{3ca}\u{3b9}\u{3cb}\u{3c5}\u{3cc}\u{3bf}\
\u{3cd}\u{3c5}\u{3ce}\u{3c9}\u{3d3}\u{3d2}\u{3d4}\u{3d2}\u{400}\u{415}\u{401}\u{415}\u{403}\u{413}\u{407}\
\u{406}\u{40c}\u{41a}\u{40d}\u{418}\u{40e}\u{423}\u{419}\u{418}\u{439}\u{438}\u{450}\u{435}\u{451}\u{435}\
\u{453}\u{433}\u{457}\u{456}\u{45c}\u{43a}\u{45d}\u{438}\u{45e}\u{443}\u{476}\u{474}\u{477}\u{475}\u{4c1}\
\u{416}\u{4c2}\u{436}\u{4d0}\u{410}\u{4d1}\u{430}\u{4d2}\u{410}\u{4d3}\u{430}\u{4d6}\u{415}\u{4d7}\u{435}\
\u{4da}\u{4d8}\u{4db}\u{4d9}\u{4dc}\u{416}\u{4dd}\u{436}\u{4de}\u{417}\u{4df}\u{437}\u{4e2}\u{418}\u{4e3}\
\u{438}\u{4e4}\u{418}\u{4e5}\u{438}\u{4e6}\u{41e}\u{4e7}\u{43e}\u{4ea}\u{4e8}\u{4eb}\u{4e9}\u{4ec}\u{42d}\
\u{4ed}\u{44d}\u{4ee}\u{423}\u{4ef}\u{443}\u{4f0}\u{423}\u{4f1}\u{443}\u{4f2}\u{423}\u{4f3}\u{443}\u{4f4}\
\u{427}\u{4f5}\u{447}\u{4f8}\u{42b}\u{4f9}\u{44b}\u{622}\u{627}\u{623}\u{627}\u{624}\u{648}\u{625}\u{627}\
\u{626}\u{64a}\u{6c0}\u{6d5}\u{6c2}\u{6c1}\u{6d3}\u{6d2}\u{929}\u{928}\u{931}\u{930}\u{934}\u{933}\u{958}\
\u{915}\u{959}\u{916}\u{95a}\u{917}\u{95b}\u{91c}\u{95c}\u{921}\u{95d}\u{922}\u{95e}\u{92b}\u{95f}\u{92f}\
\u{9dc}\u{9a1}\u{9dd}\u{9a2}\u{9df}\u{9af}\u{a33}\u{a32}\u{a36}\u{a38}\u{a59}\u{a16}\u{a5a}\u{a17}\u{a5b}\
\u{a1c}\u{a5e}\u{a2b}\u{b48}\u{b47}\u{b5c}\u{b21}\u{b5d}\u{b22}\u{cc0}\u{cd5}\u{cc7}\u{cd5}\u{cc8}\u{cd6}\
\u{cca}\u{cc2}\u{dda}\u{dd9}\u{f43}\u{f42}\u{f4d}\u{f4c}\u{f52}\u{f51}\u{f57}\u{f56}\u{f5c}\u{f5b}\u{f69}\
\u{f40}\u{1026}\u{1025}\u{1b3b}\u{1b35}\u{1b3d}\u{1b35}\u{1b43}\u{1b35}\u{1e00}A\u{1e01}a\u{1e02}B\u{1e03}b\
\u{1e04}B\u{1e05}b\u{1e06}B\u{1e07}b\u{1e08}C\u{1e09}c\u{1e0a}D\u{1e0b}d\u{1e0c}D\u{1e0d}d\u{1e0e}D\u{1e0f}d\
\u{1e10}D\u{1e11}d\u{1e12}D\u{1e13}d\u{1e14}E\u{1e15}e\u{1e16}E\u{1e17}e\u{1e18}E\u{1e19}e\u{1e1a}E\u{1e1b}e\
\u{1e1c}E\u{1e1d}e\u{1e1e}F\u{1e1f}f\u{1e20}G\u{1e21}g\u{1e22}H\u{1e23}h\u{1e24}H\u{1e25}h\u{1e26}H\u{1e27}h\
\u{1e28}H\u{1e29}h\u{1e2a}H\u{1e2b}h\u{1e2c}I\u{1e2d}i\u{1e2e}I\u{1e2f}i\u{1e30}K\u{1e31}k\u{1e32}K\u{1e33}k\
\u{1e34}K\u{1e35}k\u{1e36}L\u{1e37}l\u{1e38}L\u{1e39}l\u{1e3a}L\u{1e3b}l\u{1e3c}L\u{1e3d}l\u{1e3e}M\u{1e3f}m\
\u{1e40}M\u{1e41}m\u{1e42}M\u{1e43}m\u{1e44}N\u{1e45}n\u{1e46}N\u{1e47}n\u{1e48}N\u{1e49}n\u{1e4a}N\u{1e4b}n\
\u{1e4c}O\u{1e4d}o\u{1e4e}O\u{1e4f}o\u{1e50}O\u{1e51}o\u{1e52}O\u{1e53}o\u{1e54}P\u{1e55}p\u{1e56}P\u{1e57}p\
\u{1e58}R\u{1e59}r\u{1e5a}R\u{1e5b}r\u{1e5c}R\u{1e5d}r\u{1e5e}R\u{1e5f}r\u{1e60}S\u{1e61}s\u{1e62}S\u{1e63}s\
\u{1e64}S\u{1e65}s\u{1e66}S\u{1e67}s\u{1e68}S\u{1e69}s\u{1e6a}T\u{1e6b}t\u{1e6c}T\u{1e6d}t\u{1e6e}T\u{1e6f}t\
\u{1e70}T\u{1e71}t\u{1e72}U\u{1e73}u\u{1e74}U\u{1e75}u\u{1e76}U\u{1e77}u\u{1e78}U\u{1e79}u\u{1e7a}U\u{1e7b}u\
\u{1e7c}V\u{1e7d}v\u{1e7e}V\u{1e7f}v\u{1e80}W\u{1e81}w\u{1e82}W\u{1e83}w\u{1e84}W\u{1e85}w\u{1e86}W\u{1e87}w\
\u{1e88}W\u{1e89}w\u{1e8a}X\u{1e8b}x\u{1e8c}X\u{1e8d}x\u{1e8e}Y\u{1e8f}y\u{1e90}Z\u{1e91}z\u{1e92}Z\u{1e93}z\
\u{1e94}Z\u{1e95}z\u{1e96}h\u{1e97}t\u{1e98}w\u{1e99}y\u{1e9b}\u{17f}\u{1ea0}A\u{1ea1}a\u{1ea2}A\u{1ea3}a\
\u{1ea4}A\u{1ea5}a\u{1ea6}A\u{1ea7}a\u{1ea8}A\u{1ea9}a\u{1eaa}A\u{1eab}a\u{1eac}A\u{1ead}a\u{1eae}A\u{1eaf}a\
\u{1eb0}A\u{1eb1}a\u{1eb2}A\u{1eb3}a\u{1eb4}A\u{1eb5}a\u{1eb6}A\u{1eb7}a\u{1eb8}E\u{1eb9}e\u{1eba}E\u{1ebb}e\
\u{1ebc}E\u{1ebd}e\u{1ebe}E\u{1ebf}e\u{1ec0}E\u{1ec1}e\u{1ec2}E\u{1ec3}e\u{1ec4}E\u{1ec5}e\u{1ec6}E\u{1ec7}e\
\u{1ec8}I\u{1ec9}i\u{1eca}I\u{1ecb}i\u{1ecc}O\u{1ecd}o\u{1ece}O\u{1ecf}o\u{1ed0}O\u{1ed1}o\u{1ed2}O\u{1ed3}o\
\u{1ed4}O\u{1ed5}o\u{1ed6}O\u{1ed7}o\u{1ed8}O\u{1ed9}o\u{1eda}O\u{1edb}o\u{1edc}O\u{1edd}o\u{1ede}O\u{1edf}o\
\u{1ee0}O\u{1ee1}o\u{1ee2}O\u{1ee3}o\u{1ee4}U\u{1ee5}u\u{1ee6}U\u{1ee7}u\u{1ee8}U\u{1ee9}u\u{1eea}U\u{1eeb}u\
\u{1eec}U\u{1eed}u\u{1eee}U\u{1eef}u\u{1ef0}U\u{1ef1}u\u{1ef2}Y\u{1ef3}y\u{1ef4}Y\u{1ef5}y\u{1ef6}Y\u{1ef7}y\
\u{1ef8}Y\u{1ef9}y\u{1f00}\u{3b1}\u{1f01}\u{3b1}\u{1f02}\u{3b1}\u{1f03}\u{3b1}\u{1f04}\u{3b1}\u{1f05}\u{3b1}\
\u{1f06}\u{3b1}\u{1f07}\u{3b1}\u{1f08}\u{391}\u{1f09}\u{391}\u{1f0a}\u{391}\u{1f0b}\u{391}\u{1f0c}\u{391}\
\u{1f0d}\u{391}\u{1f0e}\u{391}\u{1f0f}\u{391}\u{1f10}\u{3b5}\u{1f11}\u{3b5}\u{1f12}\u{3b5}\u{1f13}\u{3b5}\
\u{1f14}\u{3b5}\u{1f15}\u{3b5}\u{1f18}\u{395}\u{1f19}\u{395}\u{1f1a}\u{395}\u{1f1b}\u{395}\u{1f1c}\u{395}\
\u{1f1d}\u{395}\u{1f20}\u{3b7}\u{1f21}\u{3b7}\u{1f22}\u{3b7}\u{1f23}\u{3b7}\u{1f24}\u{3b7}\u{1f25}\u{3b7}\
\u{1f26}\u{3b7}\u{1f27}\u{3b7}\u{1f28}\u{397}\u{1f29}\u{397}\u{1f2a}\u{397}\u{1f2b}\u{397}\u{1f2c}\u{397}\
\u{1f2d}\u{397}\u{1f2e}\u{397}\u{1f2f}\u{397}\u{1f30}\u{3b9}\u{1f31}\u{3b9}\u{1f32}\u{3b9}\u{1f33}\u{3b9}\
\u{1f34}\u{3b9}\u{1f35}\u{3b9}\u{1f36}\u{3b9}\u{1f37}\u{3b9}\u{1f38}\u{399}\u{1f39}\u{399}\u{1f3a}\u{399}\
\u{1f3b}\u{399}\u{1f3c}\u{399}\u{1f3d}\u{399}\u{1f3e}\u{399}\u{1f3f}\u{399}\u{1f40}\u{3bf}\u{1f41}\u{3bf}\
\u{1f42}\u{3bf}\u{1f43}\u{3bf}\u{1f44}\u{3bf}\u{1f45}\u{3bf}\u{1f48}\u{39f}\u{1f49}\u{39f}\u{1f4a}\u{39f}\
\u{1f4b}\u{39f}\u{1f4c}\u{39f}\u{1f4d}\u{39f}\u{1f50}\u{3c5}\u{1f51}\u{3c5}\u{1f52}\u{3c5}\u{1f53}\u{3c5}\
\u{1f54}\u{3c5}\u{1f55}\u{3c5}\u{1f56}\u{3c5}\u{1f57}\u{3c5}\u{1f59}\u{3a5}\u{1f5b}\u{3a5}\u{1f5d}\u{3a5}\
\u{1f5f}\u{3a5}\u{1f60}\u{3c9}\u{1f61}\u{3c9}\u{1f62}\u{3c9}\u{1f63}\u{3c9}\u{1f64}\u{3c9}\u{1f65}\u{3c9}\
\u{1f66}\u{3c9}\u{1f67}\u{3c9}\u{1f68}\u{3a9}\u{1f69}\u{3a9}\u{1f6a}\u{3a9}\u{1f6b}\u{3a9}\u{1f6c}\u{3a9}\
\u{1f6d}\u{3a9}\u{1f6e}\u{3a9}\u{1f6f}\u{3a9}\u{1f70}\u{3b1}\u{1f71}\u{3b1}\u{1f72}\u{3b5}\u{1f73}\u{3b5}\
\u{1f74}\u{3b7}\u{1f75}\u{3b7}\u{1f76}\u{3b9}\u{1f77}\u{3b9}\u{1f78}\u{3bf}\u{1f79}\u{3bf}\u{1f7a}\u{3c5}\
\u{1f7b}\u{3c5}\u{1f7c}\u{3c9}\u{1f7d}\u{3c9}\u{1f80}\u{3b1}\u{1f81}\u{3b1}\u{1f82}\u{3b1}\u{1f83}\u{3b1}\
\u{1f84}\u{3b1}\u{1f85}\u{3b1}\u{1f86}\u{3b1}\u{1f87}\u{3b1}\u{1f88}\u{391}\u{1f89}\u{391}\u{1f8a}\u{391}\
\u{1f8b}\u{391}\u{1f8c}\u{391}\u{1f8d}\u{391}\u{1f8e}\u{391}\u{1f8f}\u{391}\u{1f90}\u{3b7}\u{1f91}\u{3b7}\
\u{1f92}\u{3b7}\u{1f93}\u{3b7}\u{1f94}\u{3b7}\u{1f95}\u{3b7}\u{1f96}\u{3b7}\u{1f97}\u{3b7}\u{1f98}\u{397}\
\u{1f99}\u{397}\u{1f9a}\u{397}\u{1f9b}\u{397}\u{1f9c}\u{397}\u{1f9d}\u{397}\u{1f9e}\u{397}\u{1f9f}\u{397}\
\u{1fa0}\u{3c9}\u{1fa1}\u{3c9}\u{1fa2}\u{3c9}\u{1fa3}\u{3c9}\u{1fa4}\u{3c9}\u{1fa5}\u{3c9}\u{1fa6}\u{3c9}\
\u{1fa7}\u{3c9}\u{1fa8}\u{3a9}\u{1fa9}\u{3a9}\u{1faa}\u{3a9}\u{1fab}\u{3a9}\u{1fac}\u{3a9}\u{1fad}\u{3a9}\
\u{1fae}\u{3a9}\u{1faf}\u{3a9}\u{1fb0}\u{3b1}\u{1fb1}\u{3b1}\u{1fb2}\u{3b1}\u{1fb3}\u{3b1}\u{1fb4}\u{3b1}\
\u{1fb6}\u{3b1}\u{1fb7}\u{3b1}\u{1fb8}\u{391}\u{1fb9}\u{391}\u{1fba}\u{391}\u{1fbb}\u{391}\u{1fbc}\u{391}\
\u{1fbe}\u{3b9}\u{1fc1}\u{a8}\u{1fc2}\u{3b7}\u{1fc3}\u{3b7}\u{1fc4}\u{3b7}\u{1fc6}\u{3b7}\u{1fc7}\u{3b7}\
\u{1fc8}\u{395}\u{1fc9}\u{395}\u{1fca}\u{397}\u{1fcb}\u{397}\u{1fcc}\u{397}\u{1fcd}\u{1fbf}\u{1fce}\u{1fbf}\
\u{1fcf}\u{1fbf}\u{1fd0}\u{3b9}\u{1fd1}\u{3b9}\u{1fd2}\u{3b9}\u{1fd3}\u{3b9}\u{1fd6}\u{3b9}\u{1fd7}\u{3b9}\
\u{1fd8}\u{399}\u{1fd9}\u{399}\u{1fda}\u{399}\u{1fdb}\u{399}\u{1fdd}\u{1ffe}\u{1fde}\u{1ffe}\u{1fdf}\u{1ffe}\
\u{1fe0}\u{3c5}\u{1fe1}\u{3c5}\u{1fe2}\u{3c5}\u{1fe3}\u{3c5}\u{1fe4}\u{3c1}\u{1fe5}\u{3c1}\u{1fe6}\u{3c5}\
\u{1fe7}\u{3c5}\u{1fe8}\u{3a5}\u{1fe9}\u{3a5}\u{1fea}\u{3a5}\u{1feb}\u{3a5}\u{1fec}\u{3a1}\u{1fed}\u{a8}\
\u{1fee}\u{a8}\u{1fef}`\u{1ff2}\u{3c9}\u{1ff3}\u{3c9}\u{1ff4}\u{3c9}\u{1ff6}\u{3c9}\u{1ff7}\u{3c9}\u{1ff8}\
\u{39f}\u{1ff9}\u{39f}\u{1ffa}\u{3a9}\u{1ffb}\u{3a9}\u{1ffc}\u{3a9}\u{1ffd}\u{b4}\u{2000}\u{2002}\u{2001}\
\u{2003}\u{2126}\u{3a9}\u{212a}K\u{212b}A\u{219a}\u{2190}\u{219b}\u{2192}\u{21ae}\u{2194}\u{21cd}\u{21d0}\
\u{21ce}\u{21d4}\u{21cf}\u{21d2}\u{2204}\u{2203}\u{2209}\u{2208}\u{220c}\u{220b}\u{2224}\u{2223}\u{2226}\
\u{2225}\u{2241}\u{223c}\u{2244}\u{2243}\u{2247}\u{2245}\u{2249}\u{2248}\u{2260}=\u{2262}\u{2261}\u{226d}\
\u{224d}\u{226e}<\u{226f}>\u{2270}\u{2264}\u{2271}\u{2265}\u{2274}\u{2272}\u{2275}\u{2273}\u{2278}\u{2276}\
\u{2279}\u{2277}\u{2280}\u{227a}\u{2281}\u{227b}\u{2284}\u{2282}\u{2285}\u{2283}\u{2288}\u{2286}\u{2289}\
\u{2287}\u{22ac}\u{22a2}\u{22ad}\u{22a8}\u{22ae}\u{22a9}\u{22af}\u{22ab}\u{22e0}\u{227c}\u{22e1}\u{227d}\
\u{22e2}\u{2291}\u{22e3}\u{2292}\u{22ea}\u{22b2}\u{22eb}\u{22b3}\u{22ec}\u{22b4}\u{22ed}\u{22b5}\u{2329}\
\u{3008}\u{232a}\u{3009}\u{2adc}\u{2add}\u{304c}\u{304b}\u{304e}\u{304d}\u{3050}\u{304f}\u{3052}\u{3051}\
\u{3054}\u{3053}\u{3056}\u{3055}\u{3058}\u{3057}\u{305a}\u{3059}\u{305c}\u{305b}\u{305e}\u{305d}\u{3060}\
\u{305f}\u{3062}\u{3061}\u{3065}\u{3064}\u{3067}\u{3066}\u{3069}\u{3068}\u{3070}\u{306f}\u{3071}\u{306f}\
\u{3073}\u{3072}\u{3074}\u{3072}\u{3076}\u{3075}\u{3077}\u{3075}\u{3079}\u{3078}\u{307a}\u{3078}\u{307c}\
\u{307b}\u{307d}\u{307b}\u{3094}\u{3046}\u{309e}\u{309d}\u{30ac}\u{30ab}\u{30ae}\u{30ad}\u{30b0}\u{30af}\
\u{30b2}\u{30b1}\u{30b4}\u{30b3}\u{30b6}\u{30b5}\u{30b8}\u{30b7}\u{30ba}\u{30b9}\u{30bc}\u{30bb}\u{30be}\
\u{30bd}\u{30c0}\u{30bf}\u{30c2}\u{30c1}\u{30c5}\u{30c4}\u{30c7}\u{30c6}\u{30c9}\u{30c8}\u{30d0}\u{30cf}\
\u{30d1}\u{30cf}\u{30d3}\u{30d2}\u{30d4}\u{30d2}\u{30d6}\u{30d5}\u{30d7}\u{30d5}\u{30d9}\u{30d8}\u{30da}\
\u{30d8}\u{30dc}\u{30db}\u{30dd}\u{30db}\u{30f4}\u{30a6}\u{30f7}\u{30ef}\u{30f8}\u{30f0}\u{30f9}\u{30f1}\
\u{30fa}\u{30f2}\u{30fe}\u{30fd}\u{f900}\u{8c48}\u{f901}\u{66f4}\u{f902}\u{8eca}\u{f903}\u{8cc8}\u{f904}\
\u{6ed1}\u{f905}\u{4e32}\u{f906}\u{53e5}\u{f907}\u{9f9c}\u{f908}\u{9f9c}\u{f909}\u{5951}\u{f90a}\u{91d1}\
\u{f90b}\u{5587}\u{f90c}\u{5948}\u{f90d}\u{61f6}\u{f90e}\u{7669}\u{f90f}\u{7f85}\u{f910}\u{863f}\u{f911}\
\u{87ba}\u{f912}\u{88f8}\u{f913}\u{908f}\u{f914}\u{6a02}\u{f915}\u{6d1b}\u{f916}\u{70d9}\u{f917}\u{73de}\
\u{f918}\u{843d}\u{f919}\u{916a}\u{f91a}\u{99f1}\u{f91b}\u{4e82}\u{f91c}\u{5375}\u{f91d}\u{6b04}\u{f91e}\
\u{721b}\u{f91f}\u{862d}\u{f920}\u{9e1e}\u{f921}\u{5d50}\u{f922}\u{6feb}\u{f923}\u{85cd}\u{f924}\u{8964}\
\u{f925}\u{62c9}\u{f926}\u{81d8}\u{f927}\u{881f}\u{f928}\u{5eca}\u{f929}\u{6717}\u{f92a}\u{6d6a}\u{f92b}\
\u{72fc}\u{f92c}\u{90ce}\u{f92d}\u{4f86}\u{f92e}\u{51b7}\u{f92f}\u{52de}\u{f930}\u{64c4}\u{f931}\u{6ad3}\
\u{f932}\u{7210}\u{f933}\u{76e7}\u{f934}\u{8001}\u{f935}\u{8606}\u{f936}\u{865c}\u{f937}\u{8def}\u{f938}\
\u{9732}\u{f939}\u{9b6f}\u{f93a}\u{9dfa}\u{f93b}\u{788c}\u{f93c}\u{797f}\u{f93d}\u{7da0}\u{f93e}\u{83c9}\
\u{f93f}\u{9304}\u{f940}\u{9e7f}\u{f941}\u{8ad6}\u{f942}\u{58df}\u{f943}\u{5f04}\u{f944}\u{7c60}\u{f945}\
\u{807e}\u{f946}\u{7262}\u{f947}\u{78ca}\u{f948}\u{8cc2}\u{f949}\u{96f7}\u{f94a}\u{58d8}\u{f94b}\u{5c62}\
\u{f94c}\u{6a13}\u{f94d}\u{6dda}\u{f94e}\u{6f0f}\u{f94f}\u{7d2f}\u{f950}\u{7e37}\u{f951}\u{964b}\u{f952}\
\u{52d2}\u{f953}\u{808b}\u{f954}\u{51dc}\u{f955}\u{51cc}\u{f956}\u{7a1c}\u{f957}\u{7dbe}\u{f958}\u{83f1}\
\u{f959}\u{9675}\u{f95a}\u{8b80}\u{f95b}\u{62cf}\u{f95c}\u{6a02}\u{f95d}\u{8afe}\u{f95e}\u{4e39}\u{f95f}\
\u{5be7}\u{f960}\u{6012}\u{f961}\u{7387}\u{f962}\u{7570}\u{f963}\u{5317}\u{f964}\u{78fb}\u{f965}\u{4fbf}\
\u{f966}\u{5fa9}\u{f967}\u{4e0d}\u{f968}\u{6ccc}\u{f969}\u{6578}\u{f96a}\u{7d22}\u{f96b}\u{53c3}\u{f96c}\
\u{585e}\u{f96d}\u{7701}\u{f96e}\u{8449}\u{f96f}\u{8aaa}\u{f970}\u{6bba}\u{f971}\u{8fb0}\u{f972}\u{6c88}\
\u{f973}\u{62fe}\u{f974}\u{82e5}\u{f975}\u{63a0}\u{f976}\u{7565}\u{f977}\u{4eae}\u{f978}\u{5169}\u{f979}\
\u{51c9}\u{f97a}\u{6881}\u{f97b}\u{7ce7}\u{f97c}\u{826f}\u{f97d}\u{8ad2}\u{f97e}\u{91cf}\u{f97f}\u{52f5}\
\u{f980}\u{5442}\u{f981}\u{5973}\u{f982}\u{5eec}\u{f983}\u{65c5}\u{f984}\u{6ffe}\u{f985}\u{792a}\u{f986}\
\u{95ad}\u{f987}\u{9a6a}\u{f988}\u{9e97}\u{f989}\u{9ece}\u{f98a}\u{529b}\u{f98b}\u{66c6}\u{f98c}\u{6b77}\
\u{f98d}\u{8f62}\u{f98e}\u{5e74}\u{f98f}\u{6190}\u{f990}\u{6200}\u{f991}\u{649a}\u{f992}\u{6f23}\u{f993}\
\u{7149}\u{f994}\u{7489}\u{f995}\u{79ca}\u{f996}\u{7df4}\u{f997}\u{806f}\u{f998}\u{8f26}\u{f999}\u{84ee}\
\u{f99a}\u{9023}\u{f99b}\u{934a}\u{f99c}\u{5217}\u{f99d}\u{52a3}\u{f99e}\u{54bd}\u{f99f}\u{70c8}\u{f9a0}\
\u{88c2}\u{f9a1}\u{8aaa}\u{f9a2}\u{5ec9}\u{f9a3}\u{5ff5}\u{f9a4}\u{637b}\u{f9a5}\u{6bae}\u{f9a6}\u{7c3e}\
\u{f9a7}\u{7375}\u{f9a8}\u{4ee4}\u{f9a9}\u{56f9}\u{f9aa}\u{5be7}\u{f9ab}\u{5dba}\u{f9ac}\u{601c}\u{f9ad}\
\u{73b2}\u{f9ae}\u{7469}\u{f9af}\u{7f9a}\u{f9b0}\u{8046}\u{f9b1}\u{9234}\u{f9b2}\u{96f6}\u{f9b3}\u{9748}\
\u{f9b4}\u{9818}\u{f9b5}\u{4f8b}\u{f9b6}\u{79ae}\u{f9b7}\u{91b4}\u{f9b8}\u{96b8}\u{f9b9}\u{60e1}\u{f9ba}\
\u{4e86}\u{f9bb}\u{50da}\u{f9bc}\u{5bee}\u{f9bd}\u{5c3f}\u{f9be}\u{6599}\u{f9bf}\u{6a02}\u{f9c0}\u{71ce}\
\u{f9c1}\u{7642}\u{f9c2}\u{84fc}\u{f9c3}\u{907c}\u{f9c4}\u{9f8d}\u{f9c5}\u{6688}\u{f9c6}\u{962e}\u{f9c7}\
\u{5289}\u{f9c8}\u{677b}\u{f9c9}\u{67f3}\u{f9ca}\u{6d41}\u{f9cb}\u{6e9c}\u{f9cc}\u{7409}\u{f9cd}\u{7559}\
\u{f9ce}\u{786b}\u{f9cf}\u{7d10}\u{f9d0}\u{985e}\u{f9d1}\u{516d}\u{f9d2}\u{622e}\u{f9d3}\u{9678}\u{f9d4}\
\u{502b}\u{f9d5}\u{5d19}\u{f9d6}\u{6dea}\u{f9d7}\u{8f2a}\u{f9d8}\u{5f8b}\u{f9d9}\u{6144}\u{f9da}\u{6817}\
\u{f9db}\u{7387}\u{f9dc}\u{9686}\u{f9dd}\u{5229}\u{f9de}\u{540f}\u{f9df}\u{5c65}\u{f9e0}\u{6613}\u{f9e1}\
\u{674e}\u{f9e2}\u{68a8}\u{f9e3}\u{6ce5}\u{f9e4}\u{7406}\u{f9e5}\u{75e2}\u{f9e6}\u{7f79}\u{f9e7}\u{88cf}\
\u{f9e8}\u{88e1}\u{f9e9}\u{91cc}\u{f9ea}\u{96e2}\u{f9eb}\u{533f}\u{f9ec}\u{6eba}\u{f9ed}\u{541d}\u{f9ee}\
\u{71d0}\u{f9ef}\u{7498}\u{f9f0}\u{85fa}\u{f9f1}\u{96a3}\u{f9f2}\u{9c57}\u{f9f3}\u{9e9f}\u{f9f4}\u{6797}\
\u{f9f5}\u{6dcb}\u{f9f6}\u{81e8}\u{f9f7}\u{7acb}\u{f9f8}\u{7b20}\u{f9f9}\u{7c92}\u{f9fa}\u{72c0}\u{f9fb}\
\u{7099}\u{f9fc}\u{8b58}\u{f9fd}\u{4ec0}\u{f9fe}\u{8336}\u{f9ff}\u{523a}\u{fa00}\u{5207}\u{fa01}\u{5ea6}\
\u{fa02}\u{62d3}\u{fa03}\u{7cd6}\u{fa04}\u{5b85}\u{fa05}\u{6d1e}\u{fa06}\u{66b4}\u{fa07}\u{8f3b}\u{fa08}\
\u{884c}\u{fa09}\u{964d}\u{fa0a}\u{898b}\u{fa0b}\u{5ed3}\u{fa0c}\u{5140}\u{fa0d}\u{55c0}\u{fa10}\u{585a}\
\u{fa12}\u{6674}\u{fa15}\u{51de}\u{fa16}\u{732a}\u{fa17}\u{76ca}\u{fa18}\u{793c}\u{fa19}\u{795e}\u{fa1a}\
\u{7965}\u{fa1b}\u{798f}\u{fa1c}\u{9756}\u{fa1d}\u{7cbe}\u{fa1e}\u{7fbd}\u{fa20}\u{8612}\u{fa22}\u{8af8}\
\u{fa25}\u{9038}\u{fa26}\u{90fd}\u{fa2a}\u{98ef}\u{fa2b}\u{98fc}\u{fa2c}\u{9928}\u{fa2d}\u{9db4}\u{fa2e}\
\u{90de}\u{fa2f}\u{96b7}\u{fa30}\u{4fae}\u{fa31}\u{50e7}\u{fa32}\u{514d}\u{fa33}\u{52c9}\u{fa34}\u{52e4}\
\u{fa35}\u{5351}\u{fa36}\u{559d}\u{fa37}\u{5606}\u{fa38}\u{5668}\u{fa39}\u{5840}\u{fa3a}\u{58a8}\u{fa3b}\
\u{5c64}\u{fa3c}\u{5c6e}\u{fa3d}\u{6094}\u{fa3e}\u{6168}\u{fa3f}\u{618e}\u{fa40}\u{61f2}\u{fa41}\u{654f}\
\u{fa42}\u{65e2}\u{fa43}\u{6691}\u{fa44}\u{6885}\u{fa45}\u{6d77}\u{fa46}\u{6e1a}\u{fa47}\u{6f22}\u{fa48}\
\u{716e}\u{fa49}\u{722b}\u{fa4a}\u{7422}\u{fa4b}\u{7891}\u{fa4c}\u{793e}\u{fa4d}\u{7949}\u{fa4e}\u{7948}\
\u{fa4f}\u{7950}\u{fa50}\u{7956}\u{fa51}\u{795d}\u{fa52}\u{798d}\u{fa53}\u{798e}\u{fa54}\u{7a40}\u{fa55}\
\u{7a81}\u{fa56}\u{7bc0}\u{fa57}\u{7df4}\u{fa58}\u{7e09}\u{fa59}\u{7e41}\u{fa5a}\u{7f72}\u{fa5b}\u{8005}\
\u{fa5c}\u{81ed}\u{fa5d}\u{8279}\u{fa5e}\u{8279}\u{fa5f}\u{8457}\u{fa60}\u{8910}\u{fa61}\u{8996}\u{fa62}\
\u{8b01}\u{fa63}\u{8b39}\u{fa64}\u{8cd3}\u{fa65}\u{8d08}\u{fa66}\u{8fb6}\u{fa67}\u{9038}\u{fa68}\u{96e3}\
\u{fa69}\u{97ff}\u{fa6a}\u{983b}\u{fa6b}\u{6075}\u{fa6c}\u{242ee}\u{fa6d}\u{8218}\u{fa70}\u{4e26}\u{fa71}\
\u{51b5}\u{fa72}\u{5168}\u{fa73}\u{4f80}\u{fa74}\u{5145}\u{fa75}\u{5180}\u{fa76}\u{52c7}\u{fa77}\u{52fa}\
\u{fa78}\u{559d}\u{fa79}\u{5555}\u{fa7a}\u{5599}\u{fa7b}\u{55e2}\u{fa7c}\u{585a}\u{fa7d}\u{58b3}\u{fa7e}\
\u{5944}\u{fa7f}\u{5954}\u{fa80}\u{5a62}\u{fa81}\u{5b28}\u{fa82}\u{5ed2}\u{fa83}\u{5ed9}\u{fa84}\u{5f69}\
\u{fa85}\u{5fad}\u{fa86}\u{60d8}\u{fa87}\u{614e}\u{fa88}\u{6108}\u{fa89}\u{618e}\u{fa8a}\u{6160}\u{fa8b}\
\u{61f2}\u{fa8c}\u{6234}\u{fa8d}\u{63c4}\u{fa8e}\u{641c}\u{fa8f}\u{6452}\u{fa90}\u{6556}\u{fa91}\u{6674}\
\u{fa92}\u{6717}\u{fa93}\u{671b}\u{fa94}\u{6756}\u{fa95}\u{6b79}\u{fa96}\u{6bba}\u{fa97}\u{6d41}\u{fa98}\
\u{6edb}\u{fa99}\u{6ecb}\u{fa9a}\u{6f22}\u{fa9b}\u{701e}\u{fa9c}\u{716e}\u{fa9d}\u{77a7}\u{fa9e}\u{7235}\
\u{fa9f}\u{72af}\u{faa0}\u{732a}\u{faa1}\u{7471}\u{faa2}\u{7506}\u{faa3}\u{753b}\u{faa4}\u{761d}\u{faa5}\
\u{761f}\u{faa6}\u{76ca}\u{faa7}\u{76db}\u{faa8}\u{76f4}\u{faa9}\u{774a}\u{faaa}\u{7740}\u{faab}\u{78cc}\
\u{faac}\u{7ab1}\u{faad}\u{7bc0}\u{faae}\u{7c7b}\u{faaf}\u{7d5b}\u{fab0}\u{7df4}\u{fab1}\u{7f3e}\u{fab2}\
\u{8005}\u{fab3}\u{8352}\u{fab4}\u{83ef}\u{fab5}\u{8779}\u{fab6}\u{8941}\u{fab7}\u{8986}\u{fab8}\u{8996}\
\u{fab9}\u{8abf}\u{faba}\u{8af8}\u{fabb}\u{8acb}\u{fabc}\u{8b01}\u{fabd}\u{8afe}\u{fabe}\u{8aed}\u{fabf}\
\u{8b39}\u{fac0}\u{8b8a}\u{fac1}\u{8d08}\u{fac2}\u{8f38}\u{fac3}\u{9072}\u{fac4}\u{9199}\u{fac5}\u{9276}\
\u{fac6}\u{967c}\u{fac7}\u{96e3}\u{fac8}\u{9756}\u{fac9}\u{97db}\u{faca}\u{97ff}\u{facb}\u{980b}\u{facc}\
\u{983b}\u{facd}\u{9b12}\u{face}\u{9f9c}\u{facf}\u{2284a}\u{fad0}\u{22844}\u{fad1}\u{233d5}\u{fad2}\u{3b9d}\
\u{fad3}\u{4018}\u{fad4}\u{4039}\u{fad5}\u{25249}\u{fad6}\u{25cd0}\u{fad7}\u{27ed3}\u{fad8}\u{9f43}\u{fad9}\
\u{9f8e}\u{fb1d}\u{5d9}\u{fb1f}\u{5f2}\u{fb2a}\u{5e9}\u{fb2b}\u{5e9}\u{fb2c}\u{5e9}\u{fb2d}\u{5e9}\u{fb2e}\
\u{5d0}\u{fb2f}\u{5d0}\u{fb30}\u{5d0}\u{fb31}\u{5d1}\u{fb32}\u{5d2}\u{fb33}\u{5d3}\u{fb34}\u{5d4}\u{fb35}\
\u{5d5}\u{fb36}\u{5d6}\u{fb38}\u{5d8}\u{fb39}\u{5d9}\u{fb3a}\u{5da}\u{fb3b}\u{5db}\u{fb3c}\u{5dc}\u{fb3e}\
\u{5de}\u{fb40}\u{5e0}\u{fb41}\u{5e1}\u{fb43}\u{5e3}\u{fb44}\u{5e4}\u{fb46}\u{5e6}\u{fb47}\u{5e7}\u{fb48}\
\u{5e8}\u{fb49}\u{5e9}\u{fb4a}\u{5ea}\u{fb4b}\u{5d5}\u{fb4c}\u{5d1}\u{fb4d}\u{5db}\u{fb4e}\u{5e4}\u{1109a}\
\u{11099}\u{1109c}\u{1109b}\u{110ab}\u{110a5}\u{114bb}\u{114b9}\u{2f800}\u{4e3d}\u{2f801}\u{4e38}\u{2f802}\
\u{4e41}\u{2f803}\u{20122}\u{2f804}\u{4f60}\u{2f805}\u{4fae}\u{2f806}\u{4fbb}\u{2f807}\u{5002}\u{2f808}\
\u{507a}\u{2f809}\u{5099}\u{2f80a}\u{50e7}\u{2f80b}\u{50cf}\u{2f80c}\u{349e}\u{2f80d}\u{2063a}\u{2f80e}\
\u{514d}\u{2f80f}\u{5154}\u{2f810}\u{5164}\u{2f811}\u{5177}\u{2f812}\u{2051c}\u{2f813}\u{34b9}\u{2f814}\
\u{5167}\u{2f815}\u{518d}\u{2f816}\u{2054b}\u{2f817}\u{5197}\u{2f818}\u{51a4}\u{2f819}\u{4ecc}\u{2f81a}\
\u{51ac}\u{2f81b}\u{51b5}\u{2f81c}\u{291df}\u{2f81d}\u{51f5}\u{2f81e}\u{5203}\u{2f81f}\u{34df}\u{2f820}\
\u{523b}\u{2f821}\u{5246}\u{2f822}\u{5272}\u{2f823}\u{5277}\u{2f824}\u{3515}\u{2f825}\u{52c7}\u{2f826}\u{52c9}\
\u{2f827}\u{52e4}\u{2f828}\u{52fa}\u{2f829}\u{5305}\u{2f82a}\u{5306}\u{2f82b}\u{5317}\u{2f82c}\u{5349}\
\u{2f82d}\u{5351}\u{2f82e}\u{535a}\u{2f82f}\u{5373}\u{2f830}\u{537d}\u{2f831}\u{537f}\u{2f832}\u{537f}\
\u{2f833}\u{537f}\u{2f834}\u{20a2c}\u{2f835}\u{7070}\u{2f836}\u{53ca}\u{2f837}\u{53df}\u{2f838}\u{20b63}\
\u{2f839}\u{53eb}\u{2f83a}\u{53f1}\u{2f83b}\u{5406}\u{2f83c}\u{549e}\u{2f83d}\u{5438}\u{2f83e}\u{5448}\
\u{2f83f}\u{5468}\u{2f840}\u{54a2}\u{2f841}\u{54f6}\u{2f842}\u{5510}\u{2f843}\u{5553}\u{2f844}\u{5563}\
\u{2f845}\u{5584}\u{2f846}\u{5584}\u{2f847}\u{5599}\u{2f848}\u{55ab}\u{2f849}\u{55b3}\u{2f84a}\u{55c2}\
\u{2f84b}\u{5716}\u{2f84c}\u{5606}\u{2f84d}\u{5717}\u{2f84e}\u{5651}\u{2f84f}\u{5674}\u{2f850}\u{5207}\
\u{2f851}\u{58ee}\u{2f852}\u{57ce}\u{2f853}\u{57f4}\u{2f854}\u{580d}\u{2f855}\u{578b}\u{2f856}\u{5832}\
\u{2f857}\u{5831}\u{2f858}\u{58ac}\u{2f859}\u{214e4}\u{2f85a}\u{58f2}\u{2f85b}\u{58f7}\u{2f85c}\u{5906}\
\u{2f85d}\u{591a}\u{2f85e}\u{5922}\u{2f85f}\u{5962}\u{2f860}\u{216a8}\u{2f861}\u{216ea}\u{2f862}\u{59ec}\
\u{2f863}\u{5a1b}\u{2f864}\u{5a27}\u{2f865}\u{59d8}\u{2f866}\u{5a66}\u{2f867}\u{36ee}\u{2f868}\u{36fc}\
\u{2f869}\u{5b08}\u{2f86a}\u{5b3e}\u{2f86b}\u{5b3e}\u{2f86c}\u{219c8}\u{2f86d}\u{5bc3}\u{2f86e}\u{5bd8}\
\u{2f86f}\u{5be7}\u{2f870}\u{5bf3}\u{2f871}\u{21b18}\u{2f872}\u{5bff}\u{2f873}\u{5c06}\u{2f874}\u{5f53}\
\u{2f875}\u{5c22}\u{2f876}\u{3781}\u{2f877}\u{5c60}\u{2f878}\u{5c6e}\u{2f879}\u{5cc0}\u{2f87a}\u{5c8d}\
\u{2f87b}\u{21de4}\u{2f87c}\u{5d43}\u{2f87d}\u{21de6}\u{2f87e}\u{5d6e}\u{2f87f}\u{5d6b}\u{2f880}\u{5d7c}\
\u{2f881}\u{5de1}\u{2f882}\u{5de2}\u{2f883}\u{382f}\u{2f884}\u{5dfd}\u{2f885}\u{5e28}\u{2f886}\u{5e3d}\
\u{2f887}\u{5e69}\u{2f888}\u{3862}\u{2f889}\u{22183}\u{2f88a}\u{387c}\u{2f88b}\u{5eb0}\u{2f88c}\u{5eb3}\
\u{2f88d}\u{5eb6}\u{2f88e}\u{5eca}\u{2f88f}\u{2a392}\u{2f890}\u{5efe}\u{2f891}\u{22331}\u{2f892}\u{22331}\
\u{2f893}\u{8201}\u{2f894}\u{5f22}\u{2f895}\u{5f22}\u{2f896}\u{38c7}\u{2f897}\u{232b8}\u{2f898}\u{261da}\
\u{2f899}\u{5f62}\u{2f89a}\u{5f6b}\u{2f89b}\u{38e3}\u{2f89c}\u{5f9a}\u{2f89d}\u{5fcd}\u{2f89e}\u{5fd7}\
\u{2f89f}\u{5ff9}\u{2f8a0}\u{6081}\u{2f8a1}\u{393a}\u{2f8a2}\u{391c}\u{2f8a3}\u{6094}\u{2f8a4}\u{226d4}\
\u{2f8a5}\u{60c7}\u{2f8a6}\u{6148}\u{2f8a7}\u{614c}\u{2f8a8}\u{614e}\u{2f8a9}\u{614c}\u{2f8aa}\u{617a}\
\u{2f8ab}\u{618e}\u{2f8ac}\u{61b2}\u{2f8ad}\u{61a4}\u{2f8ae}\u{61af}\u{2f8af}\u{61de}\u{2f8b0}\u{61f2}\
\u{2f8b1}\u{61f6}\u{2f8b2}\u{6210}\u{2f8b3}\u{621b}\u{2f8b4}\u{625d}\u{2f8b5}\u{62b1}\u{2f8b6}\u{62d4}\
\u{2f8b7}\u{6350}\u{2f8b8}\u{22b0c}\u{2f8b9}\u{633d}\u{2f8ba}\u{62fc}\u{2f8bb}\u{6368}\u{2f8bc}\u{6383}\
\u{2f8bd}\u{63e4}\u{2f8be}\u{22bf1}\u{2f8bf}\u{6422}\u{2f8c0}\u{63c5}\u{2f8c1}\u{63a9}\u{2f8c2}\u{3a2e}\
\u{2f8c3}\u{6469}\u{2f8c4}\u{647e}\u{2f8c5}\u{649d}\u{2f8c6}\u{6477}\u{2f8c7}\u{3a6c}\u{2f8c8}\u{654f}\
\u{2f8c9}\u{656c}\u{2f8ca}\u{2300a}\u{2f8cb}\u{65e3}\u{2f8cc}\u{66f8}\u{2f8cd}\u{6649}\u{2f8ce}\u{3b19}\
\u{2f8cf}\u{6691}\u{2f8d0}\u{3b08}\u{2f8d1}\u{3ae4}\u{2f8d2}\u{5192}\u{2f8d3}\u{5195}\u{2f8d4}\u{6700}\
\u{2f8d5}\u{669c}\u{2f8d6}\u{80ad}\u{2f8d7}\u{43d9}\u{2f8d8}\u{6717}\u{2f8d9}\u{671b}\u{2f8da}\u{6721}\
\u{2f8db}\u{675e}\u{2f8dc}\u{6753}\u{2f8dd}\u{233c3}\u{2f8de}\u{3b49}\u{2f8df}\u{67fa}\u{2f8e0}\u{6785}\
\u{2f8e1}\u{6852}\u{2f8e2}\u{6885}\u{2f8e3}\u{2346d}\u{2f8e4}\u{688e}\u{2f8e5}\u{681f}\u{2f8e6}\u{6914}\
\u{2f8e7}\u{3b9d}\u{2f8e8}\u{6942}\u{2f8e9}\u{69a3}\u{2f8ea}\u{69ea}\u{2f8eb}\u{6aa8}\u{2f8ec}\u{236a3}\
\u{2f8ed}\u{6adb}\u{2f8ee}\u{3c18}\u{2f8ef}\u{6b21}\u{2f8f0}\u{238a7}\u{2f8f1}\u{6b54}\u{2f8f2}\u{3c4e}\
\u{2f8f3}\u{6b72}\u{2f8f4}\u{6b9f}\u{2f8f5}\u{6bba}\u{2f8f6}\u{6bbb}\u{2f8f7}\u{23a8d}\u{2f8f8}\u{21d0b}\
\u{2f8f9}\u{23afa}\u{2f8fa}\u{6c4e}\u{2f8fb}\u{23cbc}\u{2f8fc}\u{6cbf}\u{2f8fd}\u{6ccd}\u{2f8fe}\u{6c67}\
\u{2f8ff}\u{6d16}\u{2f900}\u{6d3e}\u{2f901}\u{6d77}\u{2f902}\u{6d41}\u{2f903}\u{6d69}\u{2f904}\u{6d78}\
\u{2f905}\u{6d85}\u{2f906}\u{23d1e}\u{2f907}\u{6d34}\u{2f908}\u{6e2f}\u{2f909}\u{6e6e}\u{2f90a}\u{3d33}\
\u{2f90b}\u{6ecb}\u{2f90c}\u{6ec7}\u{2f90d}\u{23ed1}\u{2f90e}\u{6df9}\u{2f90f}\u{6f6e}\u{2f910}\u{23f5e}\
\u{2f911}\u{23f8e}\u{2f912}\u{6fc6}\u{2f913}\u{7039}\u{2f914}\u{701e}\u{2f915}\u{701b}\u{2f916}\u{3d96}\
\u{2f917}\u{704a}\u{2f918}\u{707d}\u{2f919}\u{7077}\u{2f91a}\u{70ad}\u{2f91b}\u{20525}\u{2f91c}\u{7145}\
\u{2f91d}\u{24263}\u{2f91e}\u{719c}\u{2f91f}\u{243ab}\u{2f920}\u{7228}\u{2f921}\u{7235}\u{2f922}\u{7250}\
\u{2f923}\u{24608}\u{2f924}\u{7280}\u{2f925}\u{7295}\u{2f926}\u{24735}\u{2f927}\u{24814}\u{2f928}\u{737a}\
\u{2f929}\u{738b}\u{2f92a}\u{3eac}\u{2f92b}\u{73a5}\u{2f92c}\u{3eb8}\u{2f92d}\u{3eb8}\u{2f92e}\u{7447}\
\u{2f92f}\u{745c}\u{2f930}\u{7471}\u{2f931}\u{7485}\u{2f932}\u{74ca}\u{2f933}\u{3f1b}\u{2f934}\u{7524}\
\u{2f935}\u{24c36}\u{2f936}\u{753e}\u{2f937}\u{24c92}\u{2f938}\u{7570}\u{2f939}\u{2219f}\u{2f93a}\u{7610}\
\u{2f93b}\u{24fa1}\u{2f93c}\u{24fb8}\u{2f93d}\u{25044}\u{2f93e}\u{3ffc}\u{2f93f}\u{4008}\u{2f940}\u{76f4}\
\u{2f941}\u{250f3}\u{2f942}\u{250f2}\u{2f943}\u{25119}\u{2f944}\u{25133}\u{2f945}\u{771e}\u{2f946}\u{771f}\
\u{2f947}\u{771f}\u{2f948}\u{774a}\u{2f949}\u{4039}\u{2f94a}\u{778b}\u{2f94b}\u{4046}\u{2f94c}\u{4096}\
\u{2f94d}\u{2541d}\u{2f94e}\u{784e}\u{2f94f}\u{788c}\u{2f950}\u{78cc}\u{2f951}\u{40e3}\u{2f952}\u{25626}\
\u{2f953}\u{7956}\u{2f954}\u{2569a}\u{2f955}\u{256c5}\u{2f956}\u{798f}\u{2f957}\u{79eb}\u{2f958}\u{412f}\
\u{2f959}\u{7a40}\u{2f95a}\u{7a4a}\u{2f95b}\u{7a4f}\u{2f95c}\u{2597c}\u{2f95d}\u{25aa7}\u{2f95e}\u{25aa7}\
\u{2f95f}\u{7aee}\u{2f960}\u{4202}\u{2f961}\u{25bab}\u{2f962}\u{7bc6}\u{2f963}\u{7bc9}\u{2f964}\u{4227}\
\u{2f965}\u{25c80}\u{2f966}\u{7cd2}\u{2f967}\u{42a0}\u{2f968}\u{7ce8}\u{2f969}\u{7ce3}\u{2f96a}\u{7d00}\
\u{2f96b}\u{25f86}\u{2f96c}\u{7d63}\u{2f96d}\u{4301}\u{2f96e}\u{7dc7}\u{2f96f}\u{7e02}\u{2f970}\u{7e45}\
\u{2f971}\u{4334}\u{2f972}\u{26228}\u{2f973}\u{26247}\u{2f974}\u{4359}\u{2f975}\u{262d9}\u{2f976}\u{7f7a}\
\u{2f977}\u{2633e}\u{2f978}\u{7f95}\u{2f979}\u{7ffa}\u{2f97a}\u{8005}\u{2f97b}\u{264da}\u{2f97c}\u{26523}\
\u{2f97d}\u{8060}\u{2f97e}\u{265a8}\u{2f97f}\u{8070}\u{2f980}\u{2335f}\u{2f981}\u{43d5}\u{2f982}\u{80b2}\
\u{2f983}\u{8103}\u{2f984}\u{440b}\u{2f985}\u{813e}\u{2f986}\u{5ab5}\u{2f987}\u{267a7}\u{2f988}\u{267b5}\
\u{2f989}\u{23393}\u{2f98a}\u{2339c}\u{2f98b}\u{8201}\u{2f98c}\u{8204}\u{2f98d}\u{8f9e}\u{2f98e}\u{446b}\
\u{2f98f}\u{8291}\u{2f990}\u{828b}\u{2f991}\u{829d}\u{2f992}\u{52b3}\u{2f993}\u{82b1}\u{2f994}\u{82b3}\
\u{2f995}\u{82bd}\u{2f996}\u{82e6}\u{2f997}\u{26b3c}\u{2f998}\u{82e5}\u{2f999}\u{831d}\u{2f99a}\u{8363}\
\u{2f99b}\u{83ad}\u{2f99c}\u{8323}\u{2f99d}\u{83bd}\u{2f99e}\u{83e7}\u{2f99f}\u{8457}\u{2f9a0}\u{8353}\
\u{2f9a1}\u{83ca}\u{2f9a2}\u{83cc}\u{2f9a3}\u{83dc}\u{2f9a4}\u{26c36}\u{2f9a5}\u{26d6b}\u{2f9a6}\u{26cd5}\
\u{2f9a7}\u{452b}\u{2f9a8}\u{84f1}\u{2f9a9}\u{84f3}\u{2f9aa}\u{8516}\u{2f9ab}\u{273ca}\u{2f9ac}\u{8564}\
\u{2f9ad}\u{26f2c}\u{2f9ae}\u{455d}\u{2f9af}\u{4561}\u{2f9b0}\u{26fb1}\u{2f9b1}\u{270d2}\u{2f9b2}\u{456b}\
\u{2f9b3}\u{8650}\u{2f9b4}\u{865c}\u{2f9b5}\u{8667}\u{2f9b6}\u{8669}\u{2f9b7}\u{86a9}\u{2f9b8}\u{8688}\
\u{2f9b9}\u{870e}\u{2f9ba}\u{86e2}\u{2f9bb}\u{8779}\u{2f9bc}\u{8728}\u{2f9bd}\u{876b}\u{2f9be}\u{8786}\
\u{2f9bf}\u{45d7}\u{2f9c0}\u{87e1}\u{2f9c1}\u{8801}\u{2f9c2}\u{45f9}\u{2f9c3}\u{8860}\u{2f9c4}\u{8863}\
\u{2f9c5}\u{27667}\u{2f9c6}\u{88d7}\u{2f9c7}\u{88de}\u{2f9c8}\u{4635}\u{2f9c9}\u{88fa}\u{2f9ca}\u{34bb}\
\u{2f9cb}\u{278ae}\u{2f9cc}\u{27966}\u{2f9cd}\u{46be}\u{2f9ce}\u{46c7}\u{2f9cf}\u{8aa0}\u{2f9d0}\u{8aed}\
\u{2f9d1}\u{8b8a}\u{2f9d2}\u{8c55}\u{2f9d3}\u{27ca8}\u{2f9d4}\u{8cab}\u{2f9d5}\u{8cc1}\u{2f9d6}\u{8d1b}\
\u{2f9d7}\u{8d77}\u{2f9d8}\u{27f2f}\u{2f9d9}\u{20804}\u{2f9da}\u{8dcb}\u{2f9db}\u{8dbc}\u{2f9dc}\u{8df0}\
\u{2f9dd}\u{208de}\u{2f9de}\u{8ed4}\u{2f9df}\u{8f38}\u{2f9e0}\u{285d2}\u{2f9e1}\u{285ed}\u{2f9e2}\u{9094}\
\u{2f9e3}\u{90f1}\u{2f9e4}\u{9111}\u{2f9e5}\u{2872e}\u{2f9e6}\u{911b}\u{2f9e7}\u{9238}\u{2f9e8}\u{92d7}\
\u{2f9e9}\u{92d8}\u{2f9ea}\u{927c}\u{2f9eb}\u{93f9}\u{2f9ec}\u{9415}\u{2f9ed}\u{28bfa}\u{2f9ee}\u{958b}\
\u{2f9ef}\u{4995}\u{2f9f0}\u{95b7}\u{2f9f1}\u{28d77}\u{2f9f2}\u{49e6}\u{2f9f3}\u{96c3}\u{2f9f4}\u{5db2}\
\u{2f9f5}\u{9723}\u{2f9f6}\u{29145}\u{2f9f7}\u{2921a}\u{2f9f8}\u{4a6e}\u{2f9f9}\u{4a76}\u{2f9fa}\u{97e0}\
\u{2f9fb}\u{2940a}\u{2f9fc}\u{4ab2}\u{2f9fd}\u{29496}\u{2f9fe}\u{980b}\u{2f9ff}\u{980b}\u{2fa00}\u{9829}\
\u{2fa01}\u{295b6}\u{2fa02}\u{98e2}\u{2fa03}\u{4b33}\u{2fa04}\u{9929}\u{2fa05}\u{99a7}\u{2fa06}\u{99c2}\
\u{2fa07}\u{99fe}\u{2fa08}\u{4bce}\u{2fa09}\u{29b30}\u{2fa0a}\u{9b12}\u{2fa0b}\u{9c40}\u{2fa0c}\u{9cfd}\
\u{2fa0d}\u{4cce}\u{2fa0e}\u{4ced}\u{2fa0f}\u{9d67}\u{2fa10}\u{2a0ce}\u{2fa11}\u{4cf8}\u{2fa12}\u{2a105}\
\u{2fa13}\u{2a20e}\u{2fa14}\u{2a291}\u{2fa15}\u{9ebb}\u{2fa16}\u{4d56}\u{2fa17}\u{9ef9}\u{2fa18}\u{9efe}\
\u{2fa19}\u{9f05}\u{2fa1a}\u{9f0f}\u{2fa1b}\u{9f16}\u{2fa1c}\u{9f3b}\u{2fa1d}\u{2a600}";
