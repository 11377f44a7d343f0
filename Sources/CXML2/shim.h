// Debian builds libxml2 with ICU, whose C types clash with those of Foundation in one module graph.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/xmlwriter.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
